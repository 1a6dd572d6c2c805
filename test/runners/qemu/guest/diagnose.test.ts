import { expect, test } from 'vitest';
import {
  diagnoseVm,
  nothingSeen,
  observeConsoleLine,
  type VmObservations,
} from '../../../../runners/qemu/guest/diagnose.ts';

const healthy: VmObservations = { ...nothingSeen('tcg', false), lastMark: 'exec' };
const gone = { code: 0, signal: null, at: 1 };

test.each<[string, Partial<VmObservations>, string, RegExp]>([
  [
    'a panic before the end it causes',
    { panicLine: 'Kernel panic - x', guestEnded: true, exit: gone },
    'guest-panic',
    /Kernel panic - x/,
  ],
  [
    'memory before the exit it causes',
    { outOfMemoryLine: 'Out of memory: y', workloadExit: 137 },
    'out-of-memory',
    /y/,
  ],
  [
    'an init that gave up',
    { guestFailure: 'cannot mount', guestEnded: true, exit: gone },
    'start-failed',
    /cannot mount/,
  ],
  [
    'a clone that could not be restored, which is then killed',
    { restoreFailure: 'no such state', lastMark: null, exit: { code: null, signal: 'SIGKILL', at: 1 } },
    'start-failed',
    /could not be restored: no such state/,
  ],
  ['a workload that ended', { workloadExit: 7, guestEnded: true, exit: gone }, 'exited', /exit code 7$/],
  [
    'a workload that said why it ended',
    { workloadExit: 7, outputTail: ['one', 'two'] },
    'exited',
    /exit code 7; last lines:\n {2}one\n {2}two$/,
  ],
  [
    'a program that cannot be executed, before the exit code that stands for it',
    { notStarted: { step: 'exec', errno: 13 }, workloadExit: 126, guestEnded: true, exit: gone },
    'start-failed',
    /program could not be executed: permission denied/,
  ],
  ['a workload that a signal ended', { workloadExit: 139 }, 'exited', /signal 11/],
  [
    'a boot that the watchdog ended',
    { lastMark: null, watchdogFired: true, exit: { code: null, signal: 'SIGKILL', at: 1 } },
    'boot-hang',
    /180 s under tcg/,
  ],
  [
    'a system that could not start',
    { lastMark: 'init', failedUnitLine: 'Failed to mount /srv/payload.' },
    'start-failed',
    /Failed to mount/,
  ],
  [
    'a guest that stays on its way',
    { lastMark: 'init', consoleTail: ['one', 'two'] },
    'not-ready',
    /mark init and not to its workload; .*timeout.*; last on its console: one \| two$/,
  ],
  ['a boot that gets nowhere', { lastMark: null }, 'not-ready', /still booted under tcg: .* not run yet/],
  [
    'a QEMU that ended by itself',
    { exit: { code: 1, signal: null, at: 1 }, complaint: 'no such disk' },
    'vmm-died',
    /exit code 1: no such disk/,
  ],
  ['a QEMU that was killed', { exit: { code: null, signal: 'SIGKILL', at: 1 } }, 'vmm-died', /SIGKILL/],
  ['a guest that switched itself off', { guestEnded: true, exit: gone }, 'exited', /switched itself off/],
])('%s', (_, seen, code, message) => {
  const diagnosis = diagnoseVm({ ...healthy, ...seen });
  expect(diagnosis?.code).toBe(code);
  expect(diagnosis?.message).toMatch(message);
});

test('a VM that runs has nothing wrong', () => {
  expect(diagnoseVm(healthy)).toBeNull();
});

test('units that fail beside a workload that runs are no matter', () => {
  const seen = { ...healthy };
  observeConsoleLine('[\x1b[0;1;31mFAILED\x1b[0m] Failed to start Rotate log files.', seen);
  expect(seen.failedUnitLine).toBe('Failed to start Rotate log files.');
  expect(diagnoseVm(seen)).toBeNull();
});

test("only the kernel's own lines count", () => {
  const seen = { ...healthy };
  observeConsoleLine('Kernel panic - not syncing: says a workload', seen);
  observeConsoleLine('Out of memory: Killed process, says a workload', seen);
  expect(diagnoseVm(seen)).toBeNull();
  observeConsoleLine('no line feed[   12.345678] Out of memory: Killed process 80 (java)', seen);
  observeConsoleLine('[   13.000001] Kernel panic - not syncing: sysrq triggered crash', seen);
  expect(seen.outOfMemoryLine).toBe('Out of memory: Killed process 80 (java)');
  expect(seen.panicLine).toBe('Kernel panic - not syncing: sysrq triggered crash');
});
