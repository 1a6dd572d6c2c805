import { describe, expect, it } from 'vitest';
import { knownMetrics, mistakesOf } from './scenario-folder.ts';

const start = 'name: s\nworkload: tiny\nplatforms: [process, vm]\n';

describe('mistakes in gates', () => {
  const gate = (text: string): string[] => mistakesOf(`${start}gates:\n  - ${text}\n`);

  it.each([
    [
      '{ metric: startup.redy, platform: vm, max: 1 }',
      `s.yaml:5:15: gates[0].metric: unknown metric "startup.redy"; did you mean "startup.ready"? known here: ${knownMetrics}`,
    ],
    [
      '{ metric: queue.depth, platform: vm, max: 1 }',
      `s.yaml:5:15: gates[0].metric: unknown metric "queue.depth"; known here: ${knownMetrics}`,
    ],
    [
      '{ metric: memory.pss, platform: vm, max: 1 }',
      's.yaml:5:15: gates[0].metric: the scenario does not measure it; add "memory: {}" to measures',
    ],
    [
      '{ metric: startup.ready, platform: runc, max: 1 }',
      's.yaml:5:40: gates[0].platform: unknown platform "runc"; known here: process, vm',
    ],
    [
      '{ metric: startup.ready, platform: vm, over: procss, max: 1 }',
      's.yaml:5:50: gates[0].over: unknown platform "procss"; did you mean "process"? known here: process, vm',
    ],
    [
      '{ metric: startup.ready, platform: vm, over: vm, max: 1 }',
      's.yaml:5:50: gates[0].over: is the judged platform itself; expected another one',
    ],
    [
      '{ metric: startup.ready, platform: vm }',
      's.yaml:5:5: gates[0]: has no bound and could never fail; expected max, min or both, or worse-by',
    ],
    [
      '{ metric: startup.ready, platform: vm, max: 200MiB }',
      's.yaml:5:49: gates[0].max: expected milliseconds or a time such as 300ms or 5s (units: ms, s, m, h), found "200MiB"',
    ],
    [
      '{ metric: startup.ready, platform: vm, over: process, max: 2s }',
      's.yaml:5:64: gates[0].max: expected a plain number, the ratio to the platform in "over", found "2s"',
    ],
    [
      '{ metric: startup.ready, platform: vm, min: 2s, max: 300 }',
      's.yaml:5:58: gates[0].max: is below min; expected a max of at least min',
    ],
    [
      '{ metric: startup.ready, platform: vm, max: 1, level: eror }',
      's.yaml:5:59: gates[0].level: unknown value "eror"; did you mean "error"? known here: off, warn, error',
    ],
    [
      '{ metric: startup.ready, platform: vm, max: -1 }',
      's.yaml:5:49: gates[0].max: expected milliseconds or a time such as 300ms or 5s (units: ms, s, m, h), found -1',
    ],
  ])('%s', (text, line) => {
    expect(gate(text)).toEqual([line]);
  });
});
