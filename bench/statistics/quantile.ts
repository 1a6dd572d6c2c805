/**
 * Quantile by linear interpolation between order statistics: type 7 of Hyndman and Fan, "Sample Quantiles in
 * Statistical Packages", The American Statistician 50 (1996), the default of R, NumPy and spreadsheets.
 *
 * @param sorted ascending, at least one value
 * @param p from 0 to 1
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  const position = (sorted.length - 1) * p;
  const low = Math.floor(position);
  const below = sorted[low];
  if (below === undefined) throw new RangeError(`no quantile ${p} of ${sorted.length} values`);
  const above = sorted[low + 1];
  // Not interpolated at an order statistic: it is that value exactly, to the last bit.
  return above === undefined || position === low ? below : below + (position - low) * (above - below);
}

/** A sorted copy, as the functions here want it. */
export function ascending(values: ArrayLike<number>): number[] {
  // Numbers of one type are compared without a call for each pair.
  return Array.from(Float64Array.from(values).sort());
}
