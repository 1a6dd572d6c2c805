import { describe, expect, it } from 'vitest';
import { recordSchema, type RunRecord } from '../../bench/record/schema.ts';
import { reporters } from '../../reports/index.ts';
import {
  crowdedDensityRecord,
  densityRecord,
  mixedDensityRecord,
  pairDensityRecord,
} from '../fixtures/records/density-records.ts';
import { makeRecord, processShape, vmShape } from '../fixtures/records/make-record.ts';
import {
  crowdedRecord,
  hostileRecord,
  onlySkippedRecord,
  troubledRecord,
} from '../fixtures/records/odd-records.ts';

const empty: RunRecord = { ...makeRecord({ platforms: [] }), results: [], comparisons: [] };
const records: Record<string, RunRecord> = {
  main: makeRecord(),
  'one sample': makeRecord({ samples: 1 }),
  'no sample that counts': makeRecord({ samples: 0 }),
  'two platforms': makeRecord({ platforms: [processShape, vmShape] }),
  'fifteen platforms': crowdedRecord(),
  'only skipped platforms': onlySkippedRecord(),
  'errors, gates and failures': troubledRecord(),
  hostile: hostileRecord(),
  empty,
  density: densityRecord(),
  'density of two platforms': pairDensityRecord(),
  'density of eight platforms': crowdedDensityRecord(),
  'density beside other measures': mixedDensityRecord(),
};
/** All others only on request; that of density where there is any. */
const writtenByEveryRun = ['html', 'markdown', 'summary-csv', 'samples-csv', 'density-csv'];

describe.each(Object.entries(records))('record: %s', (_, record) => {
  it('is valid', () => {
    expect(recordSchema.safeParse(record).error).toBeUndefined();
  });

  it.each(Object.entries(reporters))('is rendered by %s, the same each time', (name, reporter) => {
    const options = { columns: 100, colour: false };
    const text = reporter.render(record, options);
    const hasNothing = 'pictures' in reporter || (name === 'density-csv' && record.density.length === 0);
    expect(text === '' ? hasNothing : text.endsWith('\n')).toBe(true);
    const written = text.replace(/<script>[\s\S]*?<\/script>/g, '');
    expect(/.{0,40}(NaN|undefined|\[object).{0,40}/.exec(written)?.[0]).toBeUndefined();
    expect(reporter.render(structuredClone(record), options) === text).toBe(true);
    expect(reporter.file !== null).toBe(writtenByEveryRun.includes(name));
  });

  it('is not changed by any reporter', () => {
    const before = structuredClone(record);
    for (const reporter of Object.values(reporters)) reporter.render(record, { columns: 80, colour: true });
    expect(record).toEqual(before);
  });
});
