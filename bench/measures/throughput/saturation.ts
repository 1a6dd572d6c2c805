/** At how many connections a server is saturated, and when it is warm: decisions on figures of loads alone. */

export interface LoadStep {
  connections: number;
  rps: number;
}

const mostConnections = 256;
const leastGain = 0.03;
const windows = 3;
const steady = 0.02;

/** @returns the number to try next; null once two steps in a row have gained too little, or there are no more */
export function nextConnections(steps: readonly LoadStep[]): number | null {
  const last = steps.at(-1);
  if (!last) return 1;
  if (last.connections >= mostConnections) return null;
  const [before, first, second] = steps.slice(-3);
  if (before && first && second && ![first, second].some(({ rps }) => rps > before.rps * (1 + leastGain)))
    return null;
  return last.connections * 2;
}

/** The fewest connections that come as close to the best as makes no difference. */
export function saturatingConnections(steps: readonly LoadStep[]): number {
  const best = Math.max(...steps.map(({ rps }) => rps));
  return steps.find(({ rps }) => rps * (1 + leastGain) >= best)?.connections ?? 1;
}

/** Whether the last three windows differ by at most 2 %. */
export function isWarm(rates: readonly number[]): boolean {
  const last = rates.slice(-windows);
  return last.length === windows && Math.max(...last) <= Math.min(...last) * (1 + steady);
}
