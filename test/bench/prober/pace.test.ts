import { describe, expect, it } from 'vitest';
import { answerDeadlineMs, connectDeadlineMs, periodMs } from '../../../bench/prober/pace.ts';

const facts = {
  elapsedMs: 100,
  sharesKernel: true,
  isSteady: false,
  traced: false,
  listening: false,
  answered: false,
};

describe('periodMs', () => {
  it.each([
    ['without the tracer', {}, 1],
    ['while the tracer watches', { traced: true }, 20],
    ['while the tracer watches in virtual time', { traced: true, isSteady: true }, 10_000],
    ['in virtual time without the tracer', { isSteady: true }, 1],
    ['once the tracer has seen it listen', { traced: true, listening: true }, 1],
    ['for a server that answers badly', { traced: true, listening: true, answered: true }, 2],
    ['for a VM', { sharesKernel: false }, 2],
    ['for a VM that has booted for 5 s', { sharesKernel: false, elapsedMs: 5000 }, 5],
    ['for a VM that has booted for a minute', { sharesKernel: false, elapsedMs: 60_000 }, 10],
    ['while the tracer watches for long', { traced: true, elapsedMs: 60_000 }, 20],
  ])('%s', (_name, change, wanted) => {
    expect(periodMs({ ...facts, ...change })).toBe(wanted);
  });
});

describe('deadlines', () => {
  it('grow with the time waited, within bounds', () => {
    expect([0, 5000, 600_000].map(connectDeadlineMs)).toEqual([10, 50, 500]);
    expect([0, 5000, 60_000].map(answerDeadlineMs)).toEqual([5000, 5000, 15_000]);
  });
});
