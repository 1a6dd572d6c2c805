/**
 * Cliff's delta: by how much more often a value of one side is above one of the other than below it, from -1 to 1.
 * N. Cliff, "Dominance statistics", Psychological Bulletin 114 (1993). It follows from Mann–Whitney's U.
 */
export function cliffDelta(u: number, n: number, m: number): number {
  return (2 * u) / (n * m) - 1;
}

/**
 * The usual words for it: J. Romano et al., "Appropriate statistics for ordinal level data", Annual meeting of the
 * Florida Association of Institutional Research (2006).
 */
export function effectSize(delta: number): 'negligible' | 'small' | 'medium' | 'large' {
  const size = Math.abs(delta);
  if (size < 0.147) return 'negligible';
  if (size < 0.33) return 'small';
  return size < 0.474 ? 'medium' : 'large';
}
