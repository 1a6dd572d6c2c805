import { describe, expect, it } from 'vitest';
import { listMetrics, metricOf, takenMeasures } from '../../../scenarios/measures/measures.ts';
import { loadScenario } from '../../../scenarios/loader/load.ts';

describe('the catalogue of metrics', () => {
  it('knows each metric by its whole name, with its measure', () => {
    for (const { name, measure } of listMetrics()) {
      expect(metricOf(name.replace(/<.*>$/, 'some-name'))?.measure, name).toBe(measure);
    }
    expect(metricOf('cpu.ready')).toMatchObject({ measure: 'startup', unit: 'ms', better: 'lower' });
  });

  it('does not take a metric of others for one of ours because its name begins alike', () => {
    const others = ['image.load', 'memory.rss.max', 'startup.readyness', 'startup.phase.', 'toString', ''];
    for (const name of others) expect(metricOf(name), name).toBeNull();
  });

  it('knows the phases that a workload names itself, also those that begin with a digit', () => {
    expect(metricOf('startup.phase.2nd-cache')).toMatchObject({ measure: 'startup', isPart: true });
  });

  it('says which figures are parts of others, exact, or observed once', () => {
    const having = (trait: 'isPart' | 'isExact' | 'isSingle'): string[] =>
      listMetrics().flatMap(({ name, metric }) => (metric[trait] ? [name] : []));
    expect(having('isPart')).toEqual([
      'startup.phase.<phase>',
      'completion.phase.<phase>',
      'memory.unclaimed',
      'memory.part',
      'throughput.offered',
      'throughput.errors',
      'throughput.cpu',
      'throughput.generator',
      'burst.first',
      'burst.p90',
      'burst.p95',
      'burst.lag',
      'burst.busy',
      'burst.stalled',
      'neighbor.errors',
      'neighbor.died',
      'neighbor.offered',
      'neighbor.work',
      'neighbor.lost',
      'drift.added',
      'drift.changed',
      'drift.deleted',
      'drift.class',
      'drift.bytes',
      'drift.allocated',
    ]);
    expect(having('isExact')).toEqual([
      'image.transfer',
      'image.unpacked',
      'image.virtual',
      'image.allocated',
      'portability.boots',
      'portability.equal',
      'portability.bytes',
      'isolation.capabilities',
      'isolation.namespaces',
      'isolation.noNewPrivileges',
      'isolation.seccomp',
      'isolation.devices',
    ]);
    expect(having('isSingle')).toEqual(['density.instances', 'density.minimumMemory', 'burst.sustained']);
  });

  it('defines the parts of a metric by their lens', () => {
    expect(metricOf('memory.part', 'vmm')?.definition).toContain('the VMM itself');
    expect(metricOf('memory.part')?.definition).not.toContain('the VMM itself');
  });
});

it('a run of an older version takes no measure that it does not know', () => {
  const { measures } = loadScenario('tiny', { cwd: '/' });
  expect(takenMeasures(measures)).toEqual(['startup', 'memory', 'image', 'stop']);
  expect(takenMeasures({ startup: measures.startup })).toEqual(['startup']);
});
