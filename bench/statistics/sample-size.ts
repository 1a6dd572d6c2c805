/**
 * How many samples an interval of a given width takes, decided once from the first of them.
 *
 * The width of an interval goes with one over the root of the number of samples, so the first n of them say how many there
 * must be. Looking again and again and stopping at the first narrow interval would favor intervals that are narrow by
 * chance: these miss the truth more often than they say. Deciding once does not (Stein, Annals of Mathematical Statistics 16,
 * 1945, "A two-sample test for a linear hypothesis whose power is independent of the variance"); by simulation see
 * docs/statistics.md.
 *
 * @param first number of samples that the width is of
 * @param width half the interval, as a share of its figure; null where there is none
 * @param until width that is wanted
 */
export function sampleSize({
  first,
  most,
  width,
  until,
}: {
  first: number;
  most: number;
  width: number | null;
  until: number;
}): number {
  if (width === null) return most;
  return Math.min(most, Math.max(first, Math.ceil(first * (width / until) ** 2)));
}
