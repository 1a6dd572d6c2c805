import { expect, it } from 'vitest';
import { studentUpperQuantile, studentUpperTail } from '../../../bench/statistics/student.ts';

// SciPy 1.17.1: stats.t.isf(p, degrees); for one to three degrees of freedom from the tables of Abramowitz and Stegun, 26.10.
it.each([
  [0.025, 1, 12.706204736432095],
  [0.025, 2, 4.302652729911275],
  [0.025, 3, 3.182446305284263],
  [0.025, 4, 2.7764451051977943],
  [0.025, 6, 2.4469118511449794],
  [0.025, 10, 2.2281388519862753],
  [0.025, 30, 2.042272456301238],
  [0.05, 4, 2.131846786326651],
  [0.05, 6, 1.943180280515305],
  [0.05, 10, 1.812461122811676],
  [0.05, 30, 1.6972608865939574],
])('P(T > t) = %d with %d degrees of freedom at t = %d', (p, degrees, t) => {
  expect(studentUpperQuantile(p, degrees) / t).toBeCloseTo(1, 2);
  expect(studentUpperTail(t, degrees)).toBeCloseTo(p, 10);
  expect(studentUpperTail(-t, degrees)).toBeCloseTo(1 - p, 10);
});

it('stays exact far out, where p values of many tests lie', () => {
  // In closed form for two degrees of freedom: 1/2 - t / (2 sqrt(2 + t^2)), and arctan for one.
  expect(studentUpperTail(1000, 2) / 4.9999925e-7).toBeCloseTo(1, 6);
  expect(studentUpperTail(1e6, 1) / (Math.atan(1e-6) / Math.PI)).toBeCloseTo(1, 9);
  // The polynomial for four degrees: t = 50.
  const t = 50;
  const s = 4 / (4 + t * t);
  const exact = 0.5 - 0.5 * Math.sqrt(1 - s) * (1 + s / 2);
  expect(studentUpperTail(t, 4) / exact).toBeCloseTo(1, 6);
  expect(studentUpperTail(Infinity, 5)).toBe(0);
});

it('becomes the normal distribution', () => {
  // SciPy 1.17.1: stats.norm.isf(0.025).
  expect(studentUpperQuantile(0.025, 1e6)).toBeCloseTo(1.9599639845400545, 4);
});
