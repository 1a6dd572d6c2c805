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

  it('says how many samples were decided on, and why', () => {
    const sampling = [
      { platform: 'runc', planned: 12, width: 0.07, why: '±7 % after 6 samples: 12 for ±5 %' },
    ];
    expect(runLines({ ...record, run: { ...record.run, sampling } })[1]).toBe(
      'samples: runc 12 (±7 % after 6 samples: 12 for ±5 %)',
    );
  });

  it('is silent about it where nothing was started', () => {
    const none = { ...record, run: { ...record.run, scenario: { measures: { startup: null } } } };
    expect(pageCacheOf(none)).toBeNull();
    expect(runLines(none)[0]).not.toContain('page cache');
  });
});
