import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { openMetrics } from '../../../reports/formats/openmetrics.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import {
  crowdedRecord,
  hostileRecord,
  onlySkippedRecord,
  troubledRecord,
} from '../../fixtures/records/odd-records.ts';

describe('OpenMetrics', () => {
  it('has the figures in base units, with what tells them apart as labels', () => {
    const record = makeRecord();
    const families = read(record);
    const ready = families.get('tare_startup_ready_seconds');
    expect([ready?.type, ready?.unit]).toEqual(['gauge', 'seconds']);
    const runc = record.results.find(
      ({ platform, metric }) => platform === 'runc' && metric === 'startup.ready',
    );
    const labels = { scenario: 'tomcat', platform: 'runc' };
    expect(valueOf(ready, { ...labels, statistic: 'median' })).toBe((runc?.summary.median ?? 0) / 1000);
    expect(valueOf(ready, { ...labels, statistic: 'ci_high' })).toBe((runc?.summary.ciHigh ?? 0) / 1000);
    const image = families.get('tare_image_transfer_bytes');
    const zstd = { ...labels, condition_compression: 'zstd', statistic: 'median' };
    expect(valueOf(image, zstd)).toBe(152 * 2 ** 20);
    const kernel = { scenario: 'tomcat', platform: 'vm', condition_accel: 'tcg', condition_phase: 'kernel' };
    expect(
      valueOf(families.get('tare_startup_phase_seconds'), { ...kernel, statistic: 'max' }),
    ).toBeGreaterThan(1);
  });

  it('counts samples behind a figure, and those that are in none', () => {
    const samples = read(makeRecord()).get('tare_samples');
    const labels = { scenario: 'tomcat', platform: 'runc', metric: 'startup.ready' };
    expect(valueOf(samples, { ...labels, state: 'counted' })).toBe(10);
    expect(valueOf(samples, { ...labels, state: 'excluded' })).toBe(1);
  });

  it('has no interval where the record has none', () => {
    const ready = read(makeRecord({ samples: 2 })).get('tare_startup_ready_seconds');
    expect(new Set(ready?.samples.map(({ labels }) => labels['statistic']))).toEqual(
      new Set(['median', 'mean', 'sd', 'min', 'max', 'p90', 'p99']),
    );
  });

  it('has gates, failures, skipped platforms and where it comes from', () => {
    const families = read(troubledRecord());
    expect(families.get('tare_gate')?.samples.map(({ labels }) => labels['verdict'])).toEqual([
      'fail',
      'pass',
      'inconclusive',
    ]);
    expect(valueOf(families.get('tare_failures'), { scenario: 'tomcat' })).toBe(1);
    const skipped = families.get('tare_platform_skipped');
    expect(valueOf(skipped, { scenario: 'tomcat', platform: 'microvm' })).toBe(1);
    expect(valueOf(skipped, { scenario: 'tomcat', platform: 'runc' })).toBe(0);
    expect(families.get('tare_run_info')?.samples[0]?.labels).toMatchObject({ kernel: '6.1.0-28-amd64' });
    const ended = Date.UTC(2026, 0, 15, 9, 41, 12) / 1000;
    expect(valueOf(families.get('tare_run_finished_timestamp_seconds'), { scenario: 'tomcat' })).toBe(ended);
  });

  it('is well-formed whatever the record holds', () => {
    for (const record of [crowdedRecord(), onlySkippedRecord(), hostileRecord()]) {
      expect(read(record).size).toBeGreaterThan(2);
    }
  });

  it('escapes what a label may hold', () => {
    const record = onlySkippedRecord();
    record.run.scenario = { name: 'a"b\\c\\n"} 1\nd' };
    expect(read(record).get('tare_failures')?.samples[0]?.labels).toEqual({ scenario: 'a"b\\c\\n"} 1 d' });
  });
});

interface Family {
  type: string;
  unit: string;
  samples: { labels: Record<string, string>; value: number }[];
}

/** A strict reader: descriptors before samples, families whole and in one place, no series twice, `# EOF` last. */
function read(record: RunRecord): Map<string, Family> {
  const lines = openMetrics.render(record, { columns: 80, colour: false }).split('\n');
  expect(lines.splice(-2)).toEqual(['# EOF', '']);
  const families = new Map<string, Family>();
  const seen = new Set<string>();
  let current = '';
  for (const line of lines) {
    const [, keyword, described = '', rest = ''] =
      /^# (HELP|TYPE|UNIT) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? [];
    if (keyword === 'HELP') {
      expect(families.has(described)).toBe(false);
      families.set((current = described), { type: '', unit: '', samples: [] });
      expect(rest.replaceAll('\\\\', '')).not.toMatch(/["\\]/);
      continue;
    }
    const family = families.get(current);
    if (!family) throw new Error(`no family yet: ${line}`);
    if (keyword !== undefined) {
      expect([described, family.samples]).toEqual([current, []]);
      if (keyword === 'TYPE') family.type = rest;
      else family.unit = rest;
      if (keyword === 'UNIT') expect(current.endsWith(`_${rest}`)).toBe(true);
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)\{(.*)\} (-?\d[\d.e+-]*)$/.exec(line);
    if (!sample) throw new Error(`not a sample: ${line}`);
    expect(sample[1]).toBe(current);
    const labels = labelsOf(sample[2] ?? '');
    const series = JSON.stringify([current, labels]);
    expect([series, seen.has(series)]).toEqual([series, false]);
    seen.add(series);
    family.samples.push({ labels, value: Number(sample[3]) });
  }
  return families;
}

function labelsOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/(?:^|,)([a-zA-Z_]\w*)="((?:[^"\\]|\\[\\"n])*)"/g)];
  expect(pairs.map(([whole]) => whole).join('')).toBe(text);
  const names = pairs.map(([, name]) => name);
  expect(new Set(names).size).toBe(names.length);
  return Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(.)/g, (_, code: string) => (code === 'n' ? '\n' : code)),
    ]),
  );
}

function valueOf(family: Family | undefined, labels: Record<string, string>): number | undefined {
  const found = family?.samples.filter(
    (sample) =>
      Object.keys(sample.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(([name, value]) => sample.labels[name] === value),
  );
  expect(found).toHaveLength(1);
  return found?.[0]?.value;
}
