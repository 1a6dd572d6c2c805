import { describe, expect, it, test } from 'vitest';
import { connectDeadlineMs, periodMs } from '../../../../bench/prober/watch/pace.ts';

const facts = {
  elapsedMs: 100,
  sharesKernel: true,
  isSteady: false,
  traced: false,
  listening: false,
  exchangeMs: null,
  waiting: false,
  polled: 1,
};

describe('periodMs', () => {
  it.each([
    ['without the tracer', {}, 1],
    ['while the tracer watches', { traced: true }, 20],
    ['while the tracer watches in virtual time', { traced: true, isSteady: true }, 10_000],
    ['in virtual time without the tracer', { isSteady: true }, 1],
    ['once the tracer has seen it listen', { traced: true, listening: true }, 1],
    ['for a server that answers badly at once', { traced: true, listening: true, exchangeMs: 0.3 }, 2],
    [
      'for a server that needs 20 ms for a bad answer',
      { traced: true, listening: true, exchangeMs: 20 },
      100,
    ],
    [
      'for a server that needs 6 s for a bad answer',
      { traced: true, listening: true, exchangeMs: 6000 },
      7000,
    ],
    ['beside a connection that waits', { traced: true, listening: true, exchangeMs: 1, waiting: true }, 100],
    ['for a VM', { sharesKernel: false }, 2],
    ['for a VM that has booted for 5 s', { sharesKernel: false, elapsedMs: 5000 }, 5],
    ['for a VM that has booted for a minute', { sharesKernel: false, elapsedMs: 60_000 }, 10],
    ['for four VMs', { sharesKernel: false, polled: 4 }, 2],
    ['for sixteen VMs', { sharesKernel: false, polled: 16 }, 8],
    ['while the tracer watches sixteen', { traced: true, polled: 0 }, 20],
    ['while the tracer watches for long', { traced: true, elapsedMs: 60_000 }, 20],
  ])('%s', (_name, change, wanted) => {
    expect(periodMs({ ...facts, ...change })).toBe(wanted);
  });
});

test('the deadline of a connect grows with the time waited, within bounds', () => {
  expect([0, 5000, 600_000].map(connectDeadlineMs)).toEqual([10, 50, 500]);
});
