/**
 * The smallest true shift that a test with so many values would find in four of five cases: the minimum detectable
 * effect. For equal sides and one test it is the familiar n = 16 (sd / shift)²: R. Lehr, "Sixteen S-squared over
 * D-squared", Statistics in Medicine 11 (1992). The test here is Mann–Whitney's, which needs pi / 3 times the values of
 * the t test for normal data: E. L. Lehmann, "Nonparametrics" (1975), chapter 2.
 */
import { normalUpperQuantile } from './normal.ts';

const power = 0.8;

/**
 * @param sides standard deviation and number of values of each side
 * @param level probability of a false alarm that the test allows itself, two-sided
 * @returns the shift, in the unit of the standard deviations
 */
export function detectableShift(sides: readonly { sd: number; n: number }[], level: number): number {
  const variance = sides.reduce((sum, { sd, n }) => sum + sd ** 2 / n, 0);
  const width = normalUpperQuantile(level / 2) + normalUpperQuantile(1 - power);
  return width * Math.sqrt((variance * Math.PI) / 3);
}
