import { expect, it } from 'vitest';
import { studentUpperQuantile } from '../../../bench/statistics/student.ts';

// SciPy 1.17.1: stats.t.isf(p, degrees).
it.each([
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
});

it('becomes the normal distribution', () => {
  // SciPy 1.17.1: stats.norm.isf(0.025).
  expect(studentUpperQuantile(0.025, 1e6)).toBeCloseTo(1.9599639845400545, 4);
});
