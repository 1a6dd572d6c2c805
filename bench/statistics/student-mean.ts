/** A mean of few values, each of which stands for a whole host: Student's t, paired or between two sets (Welch). */
import { meanOf, varianceOf } from './clusters/cluster-mean.ts';
import { studentUpperQuantile, studentUpperTail } from './student.ts';

export interface StudentMean {
  value: number;
  /** Standard error; 0 where the values do not differ. */
  error: number;
  degrees: number;
}

/** Null below two values. */
export function studentMean(values: readonly number[]): StudentMean | null {
  const n = values.length;
  if (n < 2) return null;
  return { value: meanOf(values), error: Math.sqrt(varianceOf(values) / n), degrees: n - 1 };
}

/**
 * Mean of `values` less that of `against`, which need not scatter alike. Null below two values a side. B. L. Welch, "The
 * generalization of Student's problem when several different population variances are involved", Biometrika 34 (1947).
 */
export function welchDifference(values: readonly number[], against: readonly number[]): StudentMean | null {
  const [a, b] = [studentMean(values), studentMean(against)];
  if (!a || !b) return null;
  const [u, v] = [a.error ** 2, b.error ** 2];
  const spread = u ** 2 / a.degrees + v ** 2 / b.degrees;
  // Down to a whole number: the interval is rather too wide than too narrow.
  const degrees = spread === 0 ? a.degrees + b.degrees : Math.max(1, Math.floor((u + v) ** 2 / spread));
  return { value: a.value - b.value, error: Math.sqrt(u + v), degrees };
}

/** Interval at 95 %. */
export function studentInterval({ value, error, degrees }: StudentMean): { low: number; high: number } {
  const reach = error === 0 ? 0 : studentUpperQuantile(0.025, degrees) * error;
  return { low: value - reach, high: value + reach };
}

/** Two-sided: how often chance alone would show a mean as far from `at`. */
export function studentP({ value, error, degrees }: StudentMean, at: number): number {
  if (error === 0) return value === at ? 1 : 0;
  return 2 * studentUpperTail(Math.abs(value - at) / error, degrees);
}
