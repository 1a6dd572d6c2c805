/**
 * Where a series has changed: E-divisive, D. S. Matteson and N. A. James, "A nonparametric approach for multiple change point
 * analysis of multivariate data", Journal of the American Statistical Association 109 (2014), for one dimension. A split is as
 * good as its energy distance (Székely and Rizzo) between what lies before and after it; it counts if shuffling the values
 * inside the segments seldom finds one as good. No distribution is assumed, and the number of changes is found, not given.
 */
import { energySplit, rankedSeries, type RankedSeries, type Split } from './energy-split.ts';
import { seededRandom, shuffle } from './random.ts';

export interface ChangePoint {
  /** Index of the first value after the change. */
  index: number;
  /** Of the permutation test that found it. */
  p: number;
}

export interface ChangePointOptions {
  seed: number;
  /** A change with a larger p ends the search. */
  level?: number;
  permutations?: number;
}

/** Changes in the order of the series; empty for fewer than twice `leastSegment` values. */
export function changePoints(
  values: readonly number[],
  { seed, level = 0.05, permutations = 199 }: ChangePointOptions,
): ChangePoint[] {
  const random = seededRandom(seed);
  const found: ChangePoint[] = [];
  for (;;) {
    const segments = segmentsOf(values, found);
    const best = bestSplit(segments);
    if (!best) return inOrder(found);
    let asGood = 0;
    const mostAsGood = Math.floor(level * (permutations + 1)) - 1;
    for (let round = 0; round < permutations && asGood <= mostAsGood; round += 1) {
      const shuffled = segments.map(({ start, series }) => ({
        start,
        series: { ...series, ranks: shuffle(series.ranks, random) },
      }));
      if ((bestSplit(shuffled)?.energy ?? 0) >= best.energy) asGood += 1;
    }
    // Stopped early: it cannot become significant any more.
    if (asGood > mostAsGood) return inOrder(found);
    found.push({ index: best.index, p: (asGood + 1) / (permutations + 1) });
  }
}

interface Segment {
  start: number;
  series: RankedSeries;
}

function segmentsOf(values: readonly number[], found: readonly ChangePoint[]): Segment[] {
  const starts = [0, ...found.map(({ index }) => index).sort((a, b) => a - b)];
  return starts.map((start, index) => ({
    start,
    series: rankedSeries(values.slice(start, starts[index + 1])),
  }));
}

/** The best split over all segments, with its index in the whole series. */
function bestSplit(segments: readonly Segment[]): Split | null {
  let best: Split | null = null;
  for (const { start, series } of segments) {
    const split = energySplit(series);
    if (split && split.energy > (best?.energy ?? 0)) best = { ...split, index: start + split.index };
  }
  return best;
}

function inOrder(found: readonly ChangePoint[]): ChangePoint[] {
  return [...found].sort((a, b) => a.index - b.index);
}
