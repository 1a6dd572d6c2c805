import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import { folderWith, mistakesOf, noMeasures } from '../scenario-folder.ts';

const start =
  'name: s\nworkload: tiny\nlimits: { cpus: 1, memory: 64MiB }\nplatforms: [process]\nmeasures:\n';
const density = (options: string): string => `${start}  density: ${options}\n`;

describe('the measure density', () => {
  it('gets every default', () => {
    const folder = folderWith({ 's.yaml': density('{ budget: { memory: 1GiB, cpus: 2 } }') });
    expect(loadScenario('./s.yaml', { cwd: folder }).measures).toEqual({
      ...noMeasures,
      density: {
        budget: { memoryBytes: 2 ** 30, cpus: 2, diskBytes: null },
        way: 'ramp',
        batch: { size: 1, concurrency: 2 },
        load: { rpsPerInstance: 2, durationMs: 5000 },
        slo: { p99Ms: 1000, errors: 0 },
        pressurePercent: 20,
        startupFactor: 3,
        cap: 1000,
        timeMs: 1_200_000,
        holdMs: 10_000,
        samePageMerging: 'as-is',
        minimumMemory: null,
      },
    });
  });

  it.each([
    [
      '{ budget: { memory: 32MiB, cpus: 1 } }',
      's.yaml:6:32: measures.density.budget.memory: 32MiB is smaller than one instance of process (64MiB); expected at least its limit',
    ],
    [
      '{ budget: { memory: 1GiB, cpus: 0.5 } }',
      's.yaml:6:44: measures.density.budget.cpus: 0.5 is less than the 1 that one instance of process may use; expected at least its limit',
    ],
    [
      '{ budget: { memory: 1GiB, cpus: 1 }, cap: 5, batch: { size: 10 } }',
      's.yaml:6:54: measures.density.cap: 5 is less than one batch (10); expected at least as many',
    ],
    [
      '{ budget: { memory: 1GiB, cpus: 1 }, time: 2s }',
      's.yaml:6:55: measures.density.time: 2s is less than the load of one round (5s); expected more',
    ],
    [
      '{ budget: { memory: 1GiB, cpus: 1 }, load: { rps: 0.1, duration: 5s } }',
      's.yaml:6:77: measures.density.load.duration: 5s at 0.1 requests per second asks no instance even once; expected longer',
    ],
    [
      '{ budget: { memory: 1GiB, cpus: 1 }, minimum-memory: { from: 64MiB } }',
      's.yaml:6:73: measures.density.minimum-memory.from: 64MiB leaves nothing to search below the limit of process (64MiB); expected less',
    ],
    [
      '{ budget: { memory: 1GiB, cpus: 1 }, way: climb }',
      's.yaml:6:54: measures.density.way: unknown value "climb"; known here: ramp, search',
    ],
  ])('refuses %s', (options, mistake) => {
    expect(mistakesOf(density(options))).toEqual([mistake]);
  });

  it('is what a gate on density.instances needs', () => {
    const gate = `gates:\n  - { metric: density.instances, platform: process, min: 1MiB }\n`;
    expect(mistakesOf(density('{ budget: { memory: 1GiB, cpus: 1 } }') + gate)).toEqual([
      's.yaml:8:58: gates[0].min: expected a plain number of instances, found "1MiB"',
    ]);
  });
});
