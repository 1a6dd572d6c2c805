import { describe, expect, it } from 'vitest';
import { headlineOf } from '../../reports/headline.ts';
import { emulationNotice, findingsToShow, headlineSentence, statusNotice } from '../../reports/notices.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { around, claimRecord, docker, runc, tcgVm, type Figures } from '../fixtures/claims/claim-record.ts';
import { makeRecord, processShape, runcShape, type PlatformShape } from '../fixtures/records/make-record.ts';
import { crowdedRecord, onlySkippedRecord, troubledRecord } from '../fixtures/records/odd-records.ts';

/** What the columns of a platform hold, by their titles. */
const row = (record: RunRecord, id: string): Record<string, string> => {
  const { rows, columns } = headlineOf(record);
  const found = rows.find(({ platform }) => platform.id === id);
  return Object.fromEntries(columns.map(({ title, text }) => [title, found ? text(found) : '']));
};

describe('headline', () => {
  it('takes its figures from the record', () => {
    const record = makeRecord();
    const ready = record.results.find(
      ({ platform, metric }) => platform === 'vm' && metric === 'startup.ready',
    );
    const seconds = ((ready?.summary.median ?? 0) / 1000).toFixed(1);
    expect(row(record, 'vm')['ready']).toBe(`${seconds}\u00a0s`);
    expect(row(record, 'process')['× process']).toBe('baseline');
    expect(row(record, 'vm')['× process']).toMatch(/^10\.\d× \(1\d\.\d–1\d\.\d×\)$/);
    expect(Object.keys(row(record, 'vm'))).toEqual([
      'ready',
      '× process',
      'interval of ready',
      'memory',
      'image (zstd)',
      'stop',
    ]);
  });

  it('says how many samples an interval needs instead of inventing one', () => {
    expect(row(makeRecord({ samples: 5 }), 'runc')['interval of ready']).toBe('need ≥ 6 samples (5)');
    expect(row(makeRecord({ samples: 6 }), 'runc')['interval of ready']).toMatch(
      /^\d\.\d\d–\d\.\d\d\u00a0s$/,
    );
    expect(row(makeRecord({ samples: 0 }), 'runc')['interval of ready']).toBe('no samples');
  });

  it('draws no ratio across a fairness error, even where the record has one', () => {
    const record = troubledRecord();
    expect(record.comparisons.some(({ platform }) => platform === 'runc')).toBe(true);
    expect(row(record, 'runc')['× process']).toBe('unfair');
    expect(row(record, 'vm')['× process']).toMatch(/×$/);
  });

  it('falls back to the compression that exists', () => {
    const record = makeRecord();
    record.results = record.results.filter(({ condition }) => condition['compression'] !== 'zstd');
    expect(row(record, 'runc')['image (gzip)']).toBe('171\u00a0MiB');
  });

  it('has one column for neighbors, of the aggressor that did most harm', () => {
    const beside = (platform: PlatformShape, aggressor: string, value: number): Figures => ({
      ...{ platform, metric: 'neighbor.latency.p99', values: around(value) },
      condition: { aggressor, limits: 'off' },
    });
    const record = claimRecord([
      ...[beside(runc, 'cpu', 3), beside(runc, 'fork', 900)],
      ...[beside(docker, 'cpu', 40), beside(docker, 'fork', 20)],
    ]);
    expect(row(record, 'runc')['p99 beside fork']).toBe('900×');
    expect(row(record, 'docker')['p99 beside fork']).toBe('20.0×');
  });

  it('says yes or no of data after a kill, with neither ratio nor interval', () => {
    const kept = (platform: PlatformShape, after: string, synced: string, value: number): Figures => ({
      ...{ platform, metric: 'persistence.kept', values: [value, value, value] },
      condition: { place: 'root', after, synced },
    });
    const record = claimRecord([
      ...[kept(runc, 'stop', 'yes', 1), kept(runc, 'kill', 'no', 1)],
      ...[kept(tcgVm, 'stop', 'yes', 1), kept(tcgVm, 'kill', 'no', 0)],
    ]);
    expect(row(record, 'runc')).toEqual({ 'kept after kill': 'yes' });
    expect(row(record, 'vm')).toEqual({ 'kept after kill': 'no' });
  });

  it('leaves out what no platform has, and begins with what there is', () => {
    const only = (measure: string): RunRecord => {
      const record = makeRecord();
      return { ...record, results: record.results.filter((result) => result.measure === measure) };
    };
    expect(Object.keys(row(only('startup'), 'vm'))).toEqual(['ready', '× process', 'interval of ready']);
    // A file's size has no interval.
    expect(Object.keys(row(only('image'), 'vm'))).toEqual(['image (zstd)', '× process']);
    expect(headlineSentence(only('image'))).toMatch(
      /^tomcat: image \(zstd\) is 152\u00a0MiB as a bare process, .* on vm \(.*\)\.$/,
    );
    // Nothing at all: a dash where the time should be.
    expect(row(only('none'), 'vm')).toMatchObject({ ready: '–' });
  });
});

describe('notices', () => {
  it('states emulation, and only where there was some', () => {
    expect(emulationNotice(makeRecord())).toMatch(/^vm ran under software emulation \(TCG\)/);
    expect(emulationNotice(makeRecord({ platforms: [processShape, runcShape] }))).toBeNull();
  });

  it('states what is missing from a run', () => {
    expect(statusNotice(makeRecord())).toBeNull();
    expect(statusNotice(troubledRecord())).toBe('This run is partial: 1 platform skipped, 1 failure.');
    expect(statusNotice(onlySkippedRecord())).toBe('This run gave no samples: 2 platforms skipped.');
  });

  it('puts errors before warnings before notes', () => {
    expect(findingsToShow(troubledRecord()).map(({ level }) => level)).toEqual(['error', 'warn', 'note']);
  });

  it('says the result in one sentence, for any number of platforms', () => {
    expect(headlineSentence(makeRecord())).toMatch(
      /^tomcat is ready in .+ as a bare process, .+ on runc \(1\.\d\d×\) and .+ on vm \(10\.\d×, emulated\)\.$/,
    );
    expect(headlineSentence(crowdedRecord())).toMatch(/^On 15 platforms tomcat is ready in .+ to .+\.$/);
    expect(headlineSentence(onlySkippedRecord())).toBe('No platform gave a startup sample of tomcat.');
  });
});
