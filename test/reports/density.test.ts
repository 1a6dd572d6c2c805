import { describe, expect, it } from 'vitest';
import { recordSchema, type RunRecord } from '../../bench/record/schema.ts';
import { densityOf, densitySentence, limitSentence } from '../../reports/density.ts';
import { densityCsv } from '../../reports/tables/density-csv.ts';
import { html } from '../../reports/html/index.ts';
import {
  densityLatencyChart,
  densityMemoryChart,
  densitySlopeChart,
} from '../../reports/html/density-charts.ts';
import { markdown } from '../../reports/markdown.ts';
import { terminal } from '../../reports/terminal.ts';
import {
  crowdedDensityRecord,
  densityRecord,
  mixedDensityRecord,
  pairDensityRecord,
} from '../fixtures/records/density-records.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';

const options = { columns: 110, colour: false };
const texts = (record: RunRecord): string[][] =>
  (densityOf(record)?.rows ?? []).map((row) => [row.texts.instances, row.texts.ratio, row.texts.limit]);

it('the fixtures are records', () => {
  for (const make of [densityRecord, crowdedDensityRecord, pairDensityRecord, mixedDensityRecord])
    expect(() => recordSchema.parse(make())).not.toThrow();
});

describe('the headline of density', () => {
  it('is instances with the ratio to the VM', () => {
    expect(densityOf(densityRecord())?.against).toBe('vm');
    expect(texts(densityRecord())).toEqual([
      ['15', '3.00×', 'out of memory'],
      ['14', '2.80×', 'out of memory'],
      ['5', 'baseline', 'not ready in time'],
    ]);
    expect(densitySentence(densityRecord())).toBe(
      'A server with 2.00\u00a0GiB of memory and 2 CPUs holds tomcat 15 times on process, 14 times on runc and 5 times on vm (TCG).',
    );
  });

  it('says at least where nothing stopped it but the cap', () => {
    expect(texts(pairDensityRecord())).toEqual([
      ['≥ 400', '≥ 57.1×', 'the cap'],
      ['7', 'baseline', 'objective missed'],
    ]);
  });

  it('is expressed against the baseline platform where no VM held one, and leaves open what was cut off', () => {
    expect(densityOf(mixedDensityRecord())?.against).toBe('process');
    expect(texts(mixedDensityRecord())[2]).toEqual(['–', '–', 'cut off']);
    const row = densityOf(mixedDensityRecord())?.rows[2];
    expect(row && limitSentence(row)).toBe('was cut off before anything was held');
  });

  it('says what same-page merging saved where that was a condition', () => {
    const record = densityRecord();
    const [entry] = record.density;
    if (entry) entry.conditions = { ksm: 'on, settled', ksmSavedBytes: 80 * 2 ** 20, ksmCpuMs: 1200 };
    const sentences = (densityOf(record)?.rows ?? []).map(limitSentence);
    expect(sentences[0]).toContain(
      'held 15 with same-page merging on, settled (it saved 80.0\u00a0MiB for 1.20\u00a0s of CPU time), stopped at',
    );
    expect(sentences[1]).not.toContain('merging');
  });

  it('draws no ratio across a fairness error', () => {
    const record = densityRecord();
    const error = { code: 'x', message: '', remedy: '', platforms: ['runc', 'vm'], level: 'error' as const };
    expect(texts({ ...record, fairness: [error] })[1]?.[1]).toBe('unfair');
  });

  it('is nothing for a record without it', () => {
    expect(densityOf(makeRecord())).toBeNull();
  });
});

it('the charts end where a number was held, also where a larger one was good for a moment', () => {
  const record = densityRecord();
  const [entry] = record.density;
  if (!entry?.held) throw new Error('the fixture holds nothing');
  const [most, less] = [entry.held.n, entry.held.n - 1];
  entry.instances = less;
  entry.held = { ...entry.held, n: less };
  const [series] = densityMemoryChart(record)?.variants[0]?.series ?? [];
  expect(series?.good.at(-1)?.n).toBe(less);
  expect(series?.bad.map(({ n }) => n)).toContain(most);
});

describe('the formats', () => {
  it('of text show the table of density and, alone, no table of startup', () => {
    for (const reporter of [terminal, markdown]) {
      const render = (record: RunRecord): string => reporter.render(record, options);
      const alone = render(densityRecord());
      expect(alone).toMatch(/process.* 15 .*3\.00× .*out of memory.*129 MiB \(126–131 MiB\).*88\.0 MiB/);
      expect(alone).toMatch(/extrapolated, not measured: about 22 \(21–25\) in 3\.00 GiB/i);
      expect(alone).not.toContain('image');
      expect(render(mixedDensityRecord())).toMatch(/image[^]*per further instance/i);
      expect(render(makeRecord())).not.toMatch(/per further instance/i);
    }
  });

  it('have a column of the smallest memory only where it was looked for', () => {
    const record = densityRecord();
    const without = {
      ...record,
      density: record.density.map((entry) => ({ ...entry, minimumMemory: null })),
    };
    for (const reporter of [terminal, markdown, html]) {
      expect(reporter.render(record, options)).toMatch(/smallest memory/i);
      expect(reporter.render(without, options)).not.toMatch(/smallest memory/i);
    }
    const narrow = { columns: 60, colour: false };
    expect(terminal.render(record, narrow)).toMatch(/smallest memory/);
    expect(terminal.render(without, narrow)).not.toMatch(/smallest memory/);
  });

  it('keep a number and its unit on one line', () => {
    const record = densityRecord();
    const [entry] = record.density;
    if (!entry?.limit) throw new Error('the first has a limit');
    entry.limit.detail = 'waited 62.24 % of the last 10 s; 5 second thoughts';
    const [row] = densityOf(record)?.rows ?? [];
    expect(row && limitSentence(row)).toContain(
      'waited 62.24\u00a0% of the last 10\u00a0s; 5 second thoughts',
    );
    expect(terminal.render(record, options)).not.toContain('\u00a0');
  });

  it.each([40, 60, 80, 110])('of the terminal keeps within %d columns', (columns) => {
    for (const record of [densityRecord(), crowdedDensityRecord()]) {
      const lines = terminal.render(record, { columns, colour: false }).split('\n');
      expect(lines.filter((line) => line.length > columns)).toEqual([]);
    }
  });

  it('of CSV have a row per round and rows that sum up; without density there is no file', () => {
    const record = densityRecord();
    const [head = '', ...rows] = densityCsv.render(record, options).trim().split('\n');
    const columns = head.split(',').length;
    expect(rows.every((row) => row.split(',').length >= columns)).toBe(true);
    const rounds = record.density.reduce((sum, { curve }) => sum + curve.length, 0);
    expect(rows.filter((row) => /^[^,]+,round,/.test(row))).toHaveLength(rounds);
    expect(rows.filter((row) => /^runc,(held,14|extrapolation,21|minimum-memory),/.test(row))).toHaveLength(
      3,
    );
    expect(rows.filter((row) => row.startsWith('runc,slope '))).toHaveLength(6);
    expect(densityCsv.render(makeRecord(), options)).toBe('');
  });

  it('of HTML have the evidence, and say what nobody has measured', () => {
    const page = html.render(densityRecord(), options);
    expect(page).toContain('Killed process 4711 (java)');
    expect(page).toContain('<strong>Extrapolated</strong> Nobody has measured these');
    expect(page.match(/aria-label="Instances per platform"/g)).toHaveLength(1);
    expect(html.render(mixedDensityRecord(), options)).toMatch(/Headline figures[^]*Instances per platform/);
    expect(html.render(makeRecord(), options)).not.toContain('id="density"');
  });
});

it('the page has one section of density, with the figures in it', () => {
  const [result] = makeRecord().results;
  if (!result) throw new Error('the record has results');
  const figures = [{ ...result, measure: 'density', metric: 'density.instances' }];
  const page = html.render({ ...densityRecord(), results: figures }, options);
  const links = [...page.matchAll(/<li><a href="#([^"]*)">/g)].map(([, id]) => id);
  expect(links.filter((id) => id?.includes('density'))).toEqual(['density']);
  const section = page.slice(page.indexOf('<section id="density"'));
  expect(section.slice(0, section.indexOf('</section>')).includes('All figures: Density')).toBe(true);
});

describe('the charts', () => {
  it('begin with the lens of the headline and end each line where it was held', () => {
    const chart = densityMemoryChart(densityRecord());
    expect(chart?.variants[0]?.name).toBe('working set');
    expect(chart?.variants[0]?.bound).toEqual({ value: 2, text: 'budget' });
    expect(chart?.variants[0]?.series.map(({ good, bad, end }) => [good.at(-1)?.n, bad[0]?.n, end])).toEqual([
      [15, 16, '15: out of memory'],
      [14, 15, '14: out of memory'],
      [5, 6, '5: not ready in time'],
    ]);
  });

  it('show small and large numbers of instances beside each other', () => {
    expect(densityMemoryChart(densityRecord())?.over).toBe('linear');
    expect(densityMemoryChart(pairDensityRecord())?.over).toBe('logarithmic');
  });

  it('draw the objective of the scenario, and the interval of a slope', () => {
    expect(densityLatencyChart(densityRecord())?.variants[0]?.bound?.text).toBe('objective 1.00\u00a0s');
    const slopes = densitySlopeChart(densityRecord())?.variants[0]?.series ?? [];
    expect(slopes.map(({ name }) => name)).toContain('working set');
    const [low = 0, high = 0] = slopes[0]?.ranges[0] ?? [];
    const value = slopes[0]?.values[0] ?? 0;
    expect(low < value && value < high).toBe(true);
    expect(densitySlopeChart(makeRecord())).toBeNull();
  });
});
