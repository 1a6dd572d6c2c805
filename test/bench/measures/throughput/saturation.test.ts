import { expect, it } from 'vitest';
import {
  isWarm,
  nextConnections,
  saturatingConnections,
  type LoadStep,
} from '../../../../bench/measures/throughput/saturation.ts';

/** Steps as a server takes them whose throughput is a function of the connections. */
function search(rpsAt: (connections: number) => number): LoadStep[] {
  const steps: LoadStep[] = [];
  for (let next = nextConnections(steps); next !== null; next = nextConnections(steps)) {
    steps.push({ connections: next, rps: rpsAt(next) });
  }
  return steps;
}

it('connections are doubled until two steps in a row gain less than 3 %', () => {
  const steps = search((connections) => 1000 * Math.min(connections, 8));
  expect(steps.map(({ connections }) => connections)).toEqual([1, 2, 4, 8, 16, 32]);
  expect(saturatingConnections(steps)).toBe(8);
});

it('one step without a gain does not end the search', () => {
  const steps = search((connections) => (connections === 4 ? 2000 : 1000 * Math.min(connections, 16)));
  expect(saturatingConnections(steps)).toBe(16);
});

it('the search ends at 256 connections', () => {
  expect(search((connections) => connections).at(-1)?.connections).toBe(256);
});

it('a server that serves one at a time is saturated by one connection', () => {
  expect(saturatingConnections(search(() => 500))).toBe(1);
});

it('a server is warm once three windows in a row differ by at most 2 %', () => {
  expect(isWarm([100, 101])).toBe(false);
  expect(isWarm([50, 100, 101, 102])).toBe(true);
  expect(isWarm([100, 101, 103])).toBe(false);
});
