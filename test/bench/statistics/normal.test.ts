import { describe, expect, it } from 'vitest';
import { normalUpperQuantile, normalUpperTail } from '../../../bench/statistics/normal.ts';

describe('normal distribution', () => {
  // R 4.2: pnorm(z, lower.tail = FALSE).
  it.each([
    [0, 0.5],
    [0.5, 0.30853753872598694],
    [1.959963984540054, 0.025],
    [3, 1.3498980316300946e-3],
    [5, 2.8665157187919391e-7],
    [7, 1.2798125438858352e-12],
    [8, 6.2209605742717849e-16],
    [20, 2.7536241186062337e-89],
  ])('has the tail of R above %d', (z, wanted) => {
    expect(normalUpperTail(z) / wanted).toBeCloseTo(1, 7);
    expect(normalUpperTail(-z)).toBeCloseTo(1 - wanted, 12);
  });

  // R 4.2: qnorm(p, lower.tail = FALSE).
  it.each([
    [0.2, 0.84162123357291441],
    [0.025, 1.95996398454005383],
    [0.001, 3.09023230616781319],
    [1e-6, 4.75342430882289868],
  ])('has the quantile of R at %d', (p, wanted) => {
    expect(normalUpperQuantile(p)).toBeCloseTo(wanted, 9);
  });
});
