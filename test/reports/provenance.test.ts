import { pageCacheOf } from '../../bench/record/facts.ts';
import { describe, expect, it } from 'vitest';
import { runLines } from '../../reports/provenance.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';

describe('where figures come from', () => {
  const record = makeRecord();
  const startup = { samples: 6, pageCache: 'cold' };
  const cold = {
    ...record,
    run: { ...record.run, scenario: { ...record.run.scenario, measures: { startup } } },
  };

  it('names the state of the page cache, the condition of every start', () => {
    expect(pageCacheOf(cold)).toBe('cold');
    expect(runLines(cold)[0]).toContain('page cache cold');
  });

  it('is silent about it where nothing was started', () => {
    const none = { ...record, run: { ...record.run, scenario: { measures: { startup: null } } } };
    expect(pageCacheOf(none)).toBeNull();
    expect(runLines(none)[0]).not.toContain('page cache');
  });
});
