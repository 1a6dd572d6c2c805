import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/** One file after the other: they measure, load the machine or change its settings. A new file belongs here if in doubt. */
const alone = [
  'test/e2e/action.test.ts',
  'test/e2e/cli/{check,compare-ab}.test.ts',
  'test/e2e/{host,lab,prober}/*.test.ts',
  'test/e2e/platforms/docker-users-engine.test.ts',
  'test/e2e/run/{density,faults,run,storm}.test.ts',
  'test/e2e/vm/vm-options.test.ts',
];
const endToEnd = {
  globalSetup: './test/support/build-first.ts',
  testTimeout: 300_000,
  hookTimeout: 600_000,
  // Of tests that say that they are concurrent.
  maxConcurrency: 2,
};

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line-reporter.ts'],
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          // The files of a worker share what they import, which halves the time. So no test leaves state in a module, and
          // vi.mock does not take: hand a fake in instead.
          isolate: false,
          // Some start real programs; five seconds are not enough for them on a busy machine.
          testTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      // Real platforms, as root, two files at a time: none of these judges how long something takes or changes what is the
      // whole machine's.
      {
        test: {
          ...endToEnd,
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: alone,
          maxWorkers: Math.min(2, availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...endToEnd,
          name: 'e2e-alone',
          include: alone,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
