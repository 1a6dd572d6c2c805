import { describe, expect, it } from 'vitest';
import type { BarChart } from '../../reports/html/chart.ts';
import {
  imageChart,
  memoryChart,
  memoryPartsChart,
  phasesChart,
  startupChart,
} from '../../reports/html/charts.ts';
import { orderPhases } from '../../reports/wording.ts';
import { makeRecord, processShape, runcShape } from '../fixtures/records/make-record.ts';
import { onlySkippedRecord } from '../fixtures/records/odd-records.ts';

const seriesOf = (chart: BarChart | null, variant = 0): string[] =>
  chart?.variants[variant]?.series.map(({ name }) => name) ?? [];

describe('startup chart', () => {
  it('has every sample, those outside the figures apart', () => {
    const rows = startupChart(makeRecord({ samples: 4 }))?.variants[0]?.rows;
    expect(rows?.map(({ values, excluded }) => [values.length, excluded.length])).toEqual([
      [4, 1],
      [4, 1],
      [4, 1],
    ]);
  });

  it('begins with the scale that lets all platforms be seen', () => {
    expect(startupChart(makeRecord())?.variants[0]?.scale).toBe('logarithmic');
    expect(startupChart(makeRecord({ platforms: [processShape, runcShape] }))?.variants[0]?.scale).toBe(
      'linear',
    );
  });

  it('shows the spread around the median of each platform', () => {
    const relative = startupChart(makeRecord())?.variants.find(({ scale }) => scale === 'relative');
    expect(relative?.rows.map(({ median }) => median)).toEqual([0, 0, 0]);
    expect(relative?.rows.flatMap(({ values }) => values).every((value) => Math.abs(value) < 10)).toBe(true);
  });
});

describe('phases chart', () => {
  it('adds up to the mean start of each platform', () => {
    const record = makeRecord();
    const variant = phasesChart(record)?.variants[0];
    for (const [row, platform] of ['process', 'runc', 'vm'].entries()) {
      const sum = (variant?.series ?? []).reduce((total, { values }) => total + (values[row] ?? 0), 0);
      const ready = record.results.find((one) => one.platform === platform && one.metric === 'startup.ready');
      expect(sum * 1000).toBeCloseTo(ready?.summary.mean ?? 0, 6);
    }
  });

  it('keeps the order of a start, the unexplained last and hatched', () => {
    const series = phasesChart(makeRecord())?.variants[0]?.series ?? [];
    expect(series.map(({ name }) => name)).toEqual([
      ...['launch', 'firmware', 'kernel', 'initrd', 'init', 'workload', 'jvm', 'response', 'unexplained'],
    ]);
    expect(series.filter(({ hatched }) => hatched).map(({ name }) => name)).toEqual(['unexplained']);
  });

  it("puts a workload's own marks where the record has them", () => {
    expect(orderPhases(['unexplained', 'launch', 'workload', 'jvm', 'response', 'warm'])).toEqual([
      ...['launch', 'workload', 'jvm', 'response', 'warm', 'unexplained'],
    ]);
  });
});

describe('memory and image charts', () => {
  it('has a variant per state and a series per lens', () => {
    const chart = memoryChart(makeRecord());
    expect(chart?.variants.map(({ name }) => name)).toEqual(['at rest', 'loaded']);
    expect(seriesOf(chart)).toHaveLength(7);
    const guest = chart?.variants[0]?.series.find(({ name }) => name === 'inside the guest');
    expect(guest?.values.map((value) => value === null)).toEqual([true, true, false]);
  });

  it('tells the parts of a VM', () => {
    expect(seriesOf(memoryPartsChart(makeRecord()))).toEqual(['guest RAM', 'VMM', 'TCG translation cache']);
    expect(memoryPartsChart(makeRecord({ platforms: [processShape, runcShape] }))).toBeNull();
  });

  it('names the compression of a transfer', () => {
    expect(seriesOf(imageChart(makeRecord())).slice(0, 2)).toEqual(['transfer (gzip)', 'transfer (zstd)']);
  });
});

it('a record without samples has no charts', () => {
  const record = onlySkippedRecord();
  const charts = [startupChart, phasesChart, memoryChart, memoryPartsChart, imageChart].map((make) =>
    make(record),
  );
  expect(charts).toEqual([null, null, null, null, null]);
});
