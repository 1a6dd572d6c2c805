import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/**
 * Three of these files run at a time on two CPUs; a fourth would only make the others slower. None judges how long something
 * takes or how fast the machine is, loads it or changes what is the whole machine's. Every other file runs alone.
 */
const sideBySide = [
  'test/e2e/{additions,examples}.test.ts',
  'test/e2e/cli/{cli,compare-ab,package,run-payload}.test.ts',
  'test/e2e/fleet/*.test.ts',
  'test/e2e/{images,reports}/*.test.ts',
  'test/e2e/lab/*.test.ts',
  'test/e2e/platforms/{box,conformance,lxd}.test.ts',
  'test/e2e/prober/{prober-life,prober-load,prober-not-ready}.test.ts',
  'test/e2e/run/{completion,deaths,drift,faults,in-a-container,persistence,stop-signal,storm}.test.ts',
  'test/e2e/vm/{qemu,vm-clone,vm-full,vm-options}.test.ts',
];
/**
 * Three of these, too, but beside none of the others: most of the time they wait for a sleep or for what is not to come, and
 * what they judge lies so far apart that two such files beside them are no matter.
 */
const waiting = [
  'test/e2e/action.test.ts',
  'test/e2e/cli/check.test.ts',
  'test/e2e/platforms/docker-users-engine.test.ts',
  'test/e2e/prober/prober.test.ts',
  'test/e2e/run/{burst,density,recovery,throughput}.test.ts',
];
const workers = Math.min(2, availableParallelism());
const endToEnd = {
  globalSetup: './test/support/build-first.ts',
  testTimeout: 600_000,
  hookTimeout: 600_000,
  // Of tests that say that they are concurrent.
  maxConcurrency: 2,
};

export default defineConfig({
  test: {
    reporters: ['default', './test/closing-line-reporter.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          // The files of a worker share what they import, which halves the time. So no test leaves state in a module, and
          // vi.mock does not take: hand a fake in instead.
          isolate: false,
          // Vitest would leave one CPU to itself.
          maxWorkers: workers,
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
          maxWorkers: workers + 1,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...endToEnd,
          name: 'e2e-waiting',
          include: waiting,
          maxWorkers: workers + 1,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...endToEnd,
          name: 'e2e-alone',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...sideBySide, ...waiting],
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
