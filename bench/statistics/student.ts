/** Student's t distribution. */
import { normalUpperQuantile } from './normal.ts';

/**
 * The t with P(T > t) = p, for 0 < p <= 0.5. In closed form for one and two degrees of freedom and by bisection for three;
 * from four on it is the expansion of Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 26.7.5, right
 * within 0.3 % at 2.5 %.
 */
export function studentUpperQuantile(p: number, degrees: number): number {
  if (degrees === 1) return 1 / Math.tan(Math.PI * p);
  if (degrees === 2) return (1 - 2 * p) / Math.sqrt(2 * p * (1 - p));
  if (degrees === 3) return bisected(p, degrees);
  const z = normalUpperQuantile(p);
  return (
    z +
    (z ** 3 + z) / (4 * degrees) +
    (5 * z ** 5 + 16 * z ** 3 + 3 * z) / (96 * degrees ** 2) +
    (3 * z ** 7 + 19 * z ** 5 + 17 * z ** 3 - 15 * z) / (384 * degrees ** 3)
  );
}

/** P(T > t), exact far into the tail, for any positive number of degrees of freedom. */
export function studentUpperTail(t: number, degrees: number): number {
  if (t === Infinity) return 0;
  const half = incompleteBeta(degrees / (degrees + t * t), degrees / 2, 0.5) / 2;
  return t < 0 ? 1 - half : half;
}

function bisected(p: number, degrees: number): number {
  let low = 0;
  let high = 1e6;
  for (let step = 0; step < 80; step += 1) {
    const middle = (low + high) / 2;
    if (studentUpperTail(middle, degrees) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/**
 * The regularized incomplete beta function by its continued fraction, DLMF 8.17.22, evaluated by Lentz's method. It
 * converges fast below the turning point; above, the symmetric form (DLMF 8.17.4) is used.
 */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front =
    Math.exp(a * Math.log(x) + b * Math.log1p(-x) + logGamma(a + b) - logGamma(a) - logGamma(b)) / a;
  let c = 1;
  let d = 1 / (1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 500; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** Stirling's series (DLMF 5.11.1) after a shift to where it is exact to double precision. */
function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 12) {
    product *= shifted;
    shifted += 1;
  }
  const inverse = 1 / shifted;
  const square = inverse * inverse;
  const series =
    inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188))));
  return (
    (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2 + series - Math.log(product)
  );
}
