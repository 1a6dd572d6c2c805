import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { seriesOf, subjectOf } from '../../../reports/formats/series.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import { crowdedRecord } from '../../fixtures/records/odd-records.ts';

describe('names of series', () => {
  it('tell all figures of a record apart', () => {
    for (const record of [makeRecord(), crowdedRecord()]) {
      const names = namesOf(record);
      expect(names.length).toBeGreaterThan(80);
      expect(new Set(names).size).toBe(names.length);
    }
  });

  it('are the same for other samples, another order and another run', () => {
    const other = makeRecord({ samples: 3 });
    other.run = { ...other.run, id: 'another', startedAt: '2027-01-01T00:00:00.000Z', seed: 7 };
    other.host = { ...other.host, kernel: '6.12.0', cpuModel: 'another' };
    other.results = other.results.toReversed();
    expect(namesOf(other).sort()).toEqual(namesOf(makeRecord()).sort());
  });

  it('say what was measured: accelerator, phase, lens and condition', () => {
    const names = namesOf(makeRecord());
    expect(names).toContain('startup.ready of tomcat/process');
    expect(names).toContain('startup.phase of tomcat/vm accel=tcg phase=kernel');
    expect(names).toContain('memory.pss of tomcat/runc state=loaded');
    expect(names).toContain('memory.part of tomcat/vm accel=tcg lens=guest-ram state=rest');
    expect(names).toContain('image.transfer of tomcat/runc compression=zstd');
  });

  it('do not depend on the order in which a condition was written', () => {
    const record = makeRecord();
    const [first] = record.results;
    if (!first) throw new Error('the record has a result');
    record.results = [
      { ...first, condition: { b: true, a: 1 } },
      { ...first, condition: { a: 1, b: true } },
    ];
    expect(namesOf(record)).toEqual(Array(2).fill('startup.ready of tomcat/process a=1 b=true'));
  });

  it('set a run with a cold page cache apart', () => {
    const record = makeRecord();
    record.run.scenario = {
      ...record.run.scenario,
      measures: { startup: { samples: 10, pageCache: 'cold' } },
    };
    expect(namesOf(record)).toContain('startup.ready of tomcat/process page-cache=cold');
  });
});

function namesOf(record: RunRecord): string[] {
  return record.results.map((result) => {
    const series = seriesOf(record, result);
    return `${series.metric} of ${subjectOf(series)}`;
  });
}
