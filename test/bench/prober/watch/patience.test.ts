import { expect, test } from 'vitest';
import { Patience } from '../../../../bench/prober/watch/patience.ts';

/** After how many seconds of waiting the next connections begin. */
function secondsOfOthers(seconds: number, cpuMsPerSecond: number | null): number[] {
  const patience = new Patience();
  const others: number[] = [];
  for (let second = 1; second <= seconds; second += 1) {
    if (patience.pass({ elapsedMs: 1000, cpuMs: cpuMsPerSecond })) others.push(second);
  }
  return others;
}

test('beside an idle instance few others begin, each after a longer wait', () => {
  expect(secondsOfOthers(600, 0)).toEqual([5, 15, 45]);
});

test('an instance whose CPU time is not known counts as idle', () => {
  expect(secondsOfOthers(60, null)).toEqual([5, 15, 45]);
});

test('an instance that works on its answer is left alone', () => {
  expect(secondsOfOthers(49, 1000)).toEqual([]);
  // A tenth of a CPU, all that its limit allows.
  expect(secondsOfOthers(49, 95)).toEqual([]);
});

test('work counts only while it is done', () => {
  const patience = new Patience();
  for (let second = 0; second < 40; second += 1) {
    expect(patience.pass({ elapsedMs: 1000, cpuMs: 900 })).toBe(false);
  }
  expect(patience.pass({ elapsedMs: 1000, cpuMs: 10 })).toBe(true);
});

test('the next wait begins anew', () => {
  const patience = new Patience();
  expect(patience.pass({ elapsedMs: 4000, cpuMs: 0 })).toBe(false);
  patience.reset();
  expect(patience.pass({ elapsedMs: 4000, cpuMs: 0 })).toBe(false);
});
