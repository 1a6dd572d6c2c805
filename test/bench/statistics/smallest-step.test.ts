import { describe, expect, it } from 'vitest';
import { smallestStep } from '../../../bench/statistics/smallest-step.ts';

describe('the smallest step of values', () => {
  it('is the smallest difference between any two that differ', () => {
    expect(smallestStep([30, 20, 20, 50])).toBe(10);
    expect(smallestStep([-1, 0, 4])).toBe(1);
  });

  it('is unknown where all are equal, or differ in their last digits only', () => {
    expect(smallestStep([])).toBeNull();
    expect(smallestStep([7])).toBeNull();
    expect(smallestStep([7, 7, 7])).toBeNull();
    expect(smallestStep([0.1 + 0.2, 0.3])).toBeNull();
  });
});
