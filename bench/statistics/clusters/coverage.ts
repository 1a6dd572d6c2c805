/**
 * How often the intervals of cluster-mean.ts cover what is true, by simulation (`npm run bench fleet-coverage`;
 * docs/statistics.md has the table). The figure is the lowest of fleets that are equal but for noise, that differ as much as
 * their samples do, and that differ more, with normal noise and with heavy tails.
 */
const simulated: readonly [clusters: number, coverage: number][] = [
  [2, 0.94],
  [3, 0.94],
  [6, 0.94],
  [20, 0.94],
  [100, 0.94],
];

/** Of the largest simulated fleet that is not larger. */
export function simulatedCoverage(clusters: number): number {
  return simulated.findLast(([count]) => count <= clusters)?.[1] ?? NaN;
}
