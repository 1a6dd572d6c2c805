/**
 * Adjusts the p values of a family of tests, so that the chance of even one false alarm among them stays below the level:
 * S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6 (1979).
 *
 * @returns the adjusted values in the order of the given ones
 */
export function holm(ps: readonly number[]): number[] {
  const order = ps.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = new Array<number>(ps.length);
  let largest = 0;
  order.forEach(({ p, index }, position) => {
    // An adjusted value is never below that of a smaller p.
    largest = Math.max(largest, Math.min(1, p * (ps.length - position)));
    adjusted[index] = largest;
  });
  return adjusted;
}
