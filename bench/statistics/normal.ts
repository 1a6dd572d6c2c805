/** The standard normal distribution. */

/**
 * P(Z > z). A rational approximation near the middle and a continued fraction in the tail, exact to 15
 * decimals and, far out where those are all zeros, still to 7 digits; as published by G. West, "Better approximations to cumulative normal functions", Wilmott Magazine (2005), after
 * J. F. Hart et al., "Computer Approximations" (1968), algorithm 5666.
 */
export function normalUpperTail(z: number): number {
  const x = Math.abs(z);
  const tail = x > 38 ? 0 : Math.exp((-x * x) / 2) * (x < 7.07106781186547 ? ratioOf(x) : fractionOf(x));
  return z < 0 ? 1 - tail : tail;
}

/** The z with P(Z > z) = p, for 0 < p <= 0.5. By bisection: it is asked for seldom. */
export function normalUpperQuantile(p: number): number {
  let low = 0;
  let high = 38;
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalUpperTail(middle) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

const numerator = [
  3.52624965998911e-2, 0.700383064443688, 6.37396220353165, 33.912866078383, 112.079291497871,
  221.213596169931, 220.206867912376,
];
const denominator = [
  8.83883476483184e-2, 1.75566716318264, 16.064177579207, 86.7807322029461, 296.564248779674,
  637.333633378831, 793.826512519948, 440.413735824752,
];

function ratioOf(x: number): number {
  return polynomial(numerator, x) / polynomial(denominator, x);
}

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, coefficient) => sum * x + coefficient, 0);
}

function fractionOf(x: number): number {
  const deep = x + 0.65;
  const fraction = x + 1 / (x + 2 / (x + 3 / (x + 4 / deep)));
  return 1 / (fraction * Math.sqrt(2 * Math.PI));
}
