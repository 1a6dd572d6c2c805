import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

/**
 * Two of these files run at a time: none judges how long something takes, loads the machine or changes what is the whole
 * machine's. Every other file runs alone.
 */
const sideBySide = [
  'test/e2e/additions.test.ts',
  'test/e2e/cli/{cli,run-payload}.test.ts',
  'test/e2e/{images,reports}/*.test.ts',
  'test/e2e/platforms/{box,conformance,lxd}.test.ts',
  'test/e2e/run/deaths.test.ts',
  'test/e2e/vm/{qemu,vm-clone,vm-full}.test.ts',
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
      // Real platforms, as root.
      {
        test: {
          ...endToEnd,
          name: 'e2e',
          include: sideBySide,
          maxWorkers: Math.min(2, availableParallelism()),
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...endToEnd,
          name: 'e2e-alone',
          include: ['test/e2e/**/*.test.ts'],
          exclude: sideBySide,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
