/**
 * Interval of the median from order statistics. It assumes nothing about the distribution but independence:
 * the number of samples below the median is binomial (n, 1/2), so [x(l), x(n+1-l)] covers it with probability
 * 1 - 2 P(B <= l - 1). David and Nagaraja, "Order Statistics", 3rd ed. (2003), section 7.1.
 */
export interface MedianInterval {
  low: number;
  high: number;
  /** Probability that the interval covers the median; at least the wanted one, since n takes steps. */
  level: number;
}

/**
 * The narrowest symmetric interval that has the level. Null below 6 samples: even the whole range of 5 covers the
 * median with 1 - 2/32 = 0.9375 only.
 *
 * @param sorted ascending
 */
export function medianInterval(sorted: readonly number[], wantedLevel = 0.95): MedianInterval | null {
  const n = sorted.length;
  // P(B = k) by recurrence; logarithms keep 2^-n from vanishing for large n.
  let logTerm = -n * Math.LN2;
  let tail = Math.exp(logTerm);
  let rank = 0;
  let level = 0;
  while (rank < Math.floor(n / 2) && 1 - 2 * tail >= wantedLevel) {
    rank += 1;
    level = 1 - 2 * tail;
    logTerm += Math.log((n - rank + 1) / rank);
    tail += Math.exp(logTerm);
  }
  const low = sorted[rank - 1];
  const high = sorted[n - rank];
  return low === undefined || high === undefined ? null : { low, high, level };
}
