import { describe, expect, it } from 'vitest';
import { outageOf, wasServed } from '../../../../bench/measures/recovery/outage.ts';

const answered = (at: number, after = 1): { at: number; answeredAt: number } => ({
  at,
  answeredAt: at + after,
});
const failed = (at: number): { at: number; answeredAt: null } => ({ at, answeredAt: null });

describe('what a client sees of a fault', () => {
  it('goes from the first request that failed to the first good answer after the last that failed', () => {
    const requests = [answered(0), answered(10), failed(20), failed(30), answered(40, 5), answered(50)];
    expect(outageOf(requests, 0)).toEqual({ durationMs: 25, failed: 2 });
  });

  it('is not over with a good answer between two failures', () => {
    const requests = [answered(0), failed(10), answered(20), failed(30), answered(40)];
    expect(outageOf(requests, 0)).toEqual({ durationMs: 31, failed: 2 });
  });

  it('is nothing where every request was answered', () => {
    expect(outageOf([answered(0), answered(10)], 0)).toEqual({ durationMs: 0, failed: 0 });
  });

  it('has no length while nothing is answered any more', () => {
    expect(outageOf([answered(0), failed(10), failed(20)], 0)).toBeNull();
  });

  it('leaves out what failed long before', () => {
    expect(outageOf([failed(0), answered(10), failed(20), answered(30)], 5)).toEqual({
      durationMs: 11,
      failed: 1,
    });
  });

  it('takes the earliest answer, whichever request it belongs to', () => {
    expect(outageOf([failed(0), answered(10, 50), answered(20, 5)], 0)?.durationMs).toBe(25);
  });
});

it('a client was served where one request was late, or a hundredth of many', () => {
  const many = Array.from({ length: 298 }, (_, index) => answered(index));
  expect(wasServed([failed(0)])).toBe(true);
  expect(wasServed([answered(0), failed(10), failed(20)])).toBe(false);
  expect(wasServed([...many, failed(300), failed(310)])).toBe(true);
  expect(wasServed([...many, failed(300), failed(310), failed(320), failed(330)])).toBe(false);
});
