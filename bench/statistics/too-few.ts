/** The answer of a statistic that has too few values: it says so instead of inventing a figure. */
export interface TooFew {
  enough: false;
  /** Values that each side must have. */
  needed: number;
  /** Values that the smaller side has. */
  had: number;
}

export function tooFew(needed: number, had: number): TooFew {
  return { enough: false, needed, had };
}
