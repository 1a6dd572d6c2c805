import { describe, expect, it } from 'vitest';
import { headlineOf } from '../../reports/headline.ts';
import { emulationNotice, findingsToShow, headlineSentence, statusNotice } from '../../reports/notices.ts';
import { makeRecord, processShape, runcShape } from '../fixtures/records/make-record.ts';
import { crowdedRecord, onlySkippedRecord, troubledRecord } from '../fixtures/records/odd-records.ts';

const row = (record: Parameters<typeof headlineOf>[0], id: string) =>
  headlineOf(record).rows.find(({ platform }) => platform.id === id)?.texts;

describe('headline', () => {
  it('takes its figures from the record', () => {
    const record = makeRecord();
    const ready = record.results.find(
      ({ platform, metric }) => platform === 'vm' && metric === 'startup.ready',
    );
    const seconds = ((ready?.summary.median ?? 0) / 1000).toFixed(1);
    expect(row(record, 'vm')?.ready).toBe(`${seconds}\u00a0s`);
    expect(row(record, 'process')?.ratio).toBe('baseline');
    expect(row(record, 'vm')?.ratio).toMatch(/^10\.\d×$/);
    expect(row(record, 'vm')?.ratioWithInterval).toMatch(/^10\.\d× \(1\d\.\d–1\d\.\d×\)$/);
    expect(headlineOf(record).compression).toBe('zstd');
  });

  it('says how many samples an interval needs instead of inventing one', () => {
    expect(row(makeRecord({ samples: 5 }), 'runc')?.interval).toBe('need ≥ 6 samples (5)');
    expect(row(makeRecord({ samples: 6 }), 'runc')?.interval).toMatch(/^\d\.\d\d–\d\.\d\d\u00a0s$/);
    expect(row(makeRecord({ samples: 0 }), 'runc')?.interval).toBe('no samples');
  });

  it('draws no ratio across a fairness error, even where the record has one', () => {
    const record = troubledRecord();
    expect(record.comparisons.some(({ platform }) => platform === 'runc')).toBe(true);
    expect(row(record, 'runc')?.ratio).toBe('unfair');
    expect(row(record, 'vm')?.ratio).toMatch(/×$/);
  });

  it('falls back to the compression that exists', () => {
    const record = makeRecord();
    record.results = record.results.filter(({ condition }) => condition['compression'] !== 'zstd');
    expect(headlineOf(record).compression).toBe('gzip');
    expect(row(record, 'runc')?.image).toBe('171\u00a0MiB');
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
