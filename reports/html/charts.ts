/** The charts of a record. A chart without data is null and leaves no trace on the page. */
import { isOurs, isPart, phaseOf } from '../../bench/record/result.ts';
import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';
import { digits, figure, scaleFor, type Scale, type Unit } from '../../bench/record/figures.ts';
import {
  conditionText,
  excludedValues,
  findResult,
  includedValues,
  ranPlatforms,
  sameCondition,
} from '../../bench/record/queries.ts';
import { compareLenses, lensName, lensOf, orderPhases, platformName } from '../wording.ts';
import type { BarChart, BarSeries, BarVariant, DistributionChart, DistributionVariant } from './chart.ts';

type Condition = RecordedResult['condition'];

/** From this factor between platforms on, a linear axis squeezes the small ones together. */
const logarithmicFrom = 5;

export function startupChart(record: RunRecord): DistributionChart | null {
  const results = ranPlatforms(record).flatMap((platform) => {
    const result = findResult(record, platform.id, 'startup.ready');
    return result && result.samples.length > 0 ? [{ platform, result }] : [];
  });
  const all = results.flatMap(({ result }) => result.samples.map((sample) => sample.value));
  if (all.length === 0) return null;
  const unit = results[0]?.result.unit ?? 'ms';
  const { divisor, name, symbol } = scaleFor(unit, Math.max(...all));
  const rowsOf = (convert: (value: number, median: number) => number): DistributionVariant['rows'] =>
    results.map(({ result }) => {
      const { median } = result.summary;
      const converted = (values: readonly number[]): number[] =>
        values.map((value) => convert(value, median ?? value));
      return {
        values: converted(includedValues(result)),
        excluded: converted(excludedValues(result)),
        median: median === null ? null : convert(median, median),
      };
    });
  const time = { axis: `time to ready, ${name}`, symbol, rows: rowsOf((value) => value / divisor) };
  const linear: DistributionVariant = { name: 'linear', scale: 'linear', ...time };
  const logarithmic: DistributionVariant = { name: 'logarithmic', scale: 'logarithmic', ...time };
  const relative: DistributionVariant = {
    name: 'around the median',
    scale: 'relative',
    axis: "distance from the platform's own median, %",
    symbol: '%',
    rows: rowsOf((value, median) => (value / median - 1) * 100),
  };
  const positive = Math.min(...all) > 0;
  const wide = positive && Math.max(...all) / Math.min(...all) >= logarithmicFrom;
  return {
    type: 'distribution',
    id: 'startup',
    labels: results.map(({ platform }) => platformName(platform)),
    platforms: results.map(({ platform }) => platform.id),
    shapes: results.map(({ platform }) => shapes[platform.kind]),
    variants: wide ? [logarithmic, linear, relative] : [linear, ...(positive ? [logarithmic, relative] : [])],
  };
}

const shapes = { process: 'circle', container: 'rect', vm: 'triangle', unknown: 'circle' } as const;

/** Stacked means: unlike medians they add up to the mean of the whole start. */
export function phasesChart(record: RunRecord): BarChart | null {
  const phases = record.results.flatMap((result) => {
    const phase = phaseOf(result.metric);
    return phase === null || result.summary.mean === null ? [] : [{ ...result, phase }];
  });
  const platforms = ranPlatforms(record).filter(({ id }) => phases.some(({ platform }) => platform === id));
  if (platforms.length === 0) return null;
  const names = orderPhases([...new Set(phases.map(({ phase }) => phase))]);
  const mean = (platform: string, name: string): number =>
    phases.find((each) => each.platform === platform && each.phase === name)?.summary.mean ?? 0;
  const totals = platforms.map(({ id }) => names.reduce((sum, name) => sum + mean(id, name), 0));
  const unit = phases[0]?.unit ?? 'ms';
  const scale = scaleFor(unit, Math.max(...totals));
  const variant = (name: string, axis: string, share: boolean): BarVariant => ({
    name,
    axis,
    totals: totals.map((total) => figure(total, unit)),
    series: names.map((phase, colour) => ({
      name: phase,
      colour,
      hatched: phase === 'unexplained',
      values: platforms.map(({ id }, row) =>
        share ? (mean(id, phase) / (totals[row] || 1)) * 100 : mean(id, phase) / scale.divisor,
      ),
      ranges: platforms.map(() => null),
      texts: platforms.map(({ id }, row) =>
        [figure(mean(id, phase), unit), `${digits((mean(id, phase) / (totals[row] || 1)) * 100)} %`].join(
          ', ',
        ),
      ),
    })),
  });
  return {
    type: 'bars',
    id: 'phases',
    labels: platforms.map(platformName),
    platforms: platforms.map(({ id }) => id),
    stacked: true,
    variants: [
      variant('time', `mean time, ${scale.name}`, false),
      variant('share of the start', 'share of the start, %', true),
    ],
  };
}

export function memoryChart(record: RunRecord): BarChart | null {
  const lenses = record.results.filter((result) => isOf(result, 'memory') && !isPart(result));
  return barChart(record, 'memory', lenses, { byState: true, stacked: false });
}

export function memoryPartsChart(record: RunRecord): BarChart | null {
  const parts = record.results.filter(({ metric }) => metric === 'memory.part');
  return barChart(record, 'memory-parts', parts, { byState: true, stacked: true });
}

export function imageChart(record: RunRecord): BarChart | null {
  const sizes = record.results.filter((result) => isOf(result, 'image'));
  return barChart(record, 'image', sizes, { byState: false, stacked: false });
}

export function stopChart(record: RunRecord): BarChart | null {
  const times = record.results.filter((result) => isOf(result, 'stop'));
  return barChart(record, 'stop', times, { byState: false, stacked: false });
}

interface BarChartOptions {
  /** A variant per value of the condition `state`; else everything in one. */
  byState: boolean;
  stacked: boolean;
}

function barChart(
  record: RunRecord,
  id: string,
  candidates: readonly RecordedResult[],
  { byState, stacked }: BarChartOptions,
): BarChart | null {
  const results = candidates.filter((result) => result.summary.median !== null);
  const platforms = ranPlatforms(record).filter((platform) =>
    results.some((result) => result.platform === platform.id),
  );
  const [sample] = results;
  if (!sample || platforms.length === 0) return null;
  const scale = scaleFor(sample.unit, Math.max(...results.map((result) => result.summary.median ?? 0)));
  const kinds = seriesKinds(results, byState);
  const states = byState
    ? [...new Set(results.map((result) => String(result.condition['state'] ?? '')))]
    : [''];
  const ids = platforms.map((platform) => platform.id);
  const variants = states.map((state) => {
    const ofState = results.filter((result) => !byState || String(result.condition['state'] ?? '') === state);
    const series = kinds
      .map((kind, colour) => toSeries(kind, colour, ofState, ids, scale, sample.unit))
      .filter(({ values }) => values.some((value) => value !== null));
    const totals = stacked ? ids.map((platform) => totalText(ofState, platform, sample.unit)) : [];
    return { name: state === 'rest' ? 'at rest' : state, axis: scale.name, totals, series };
  });
  return { type: 'bars', id, labels: platforms.map(platformName), platforms: ids, stacked, variants };
}

interface SeriesKind {
  metric: string;
  lens: string;
  /** What is left of the condition once the variant has taken its part. */
  condition: Condition;
}

function seriesKinds(results: readonly RecordedResult[], byState: boolean): SeriesKind[] {
  const kinds: SeriesKind[] = [];
  for (const result of results) {
    const kind = { metric: result.metric, lens: lensOf(result), condition: rest(result.condition, byState) };
    if (!kinds.some((other) => isSameKind(other, kind))) kinds.push(kind);
  }
  return kinds.sort((a, b) => compareLenses(a.lens, b.lens));
}

function isSameKind(a: SeriesKind, b: SeriesKind): boolean {
  return a.metric === b.metric && a.lens === b.lens && sameCondition(a.condition, b.condition);
}

function rest(condition: Condition, withoutState: boolean): Condition {
  return Object.fromEntries(Object.entries(condition).filter(([key]) => !withoutState || key !== 'state'));
}

function toSeries(
  kind: SeriesKind,
  colour: number,
  results: readonly RecordedResult[],
  platforms: readonly string[],
  scale: Scale,
  unit: Unit,
): BarSeries {
  const found = platforms.map((platform) =>
    results.find(
      (result) =>
        result.platform === platform &&
        result.metric === kind.metric &&
        lensOf(result) === kind.lens &&
        Object.entries(kind.condition).every(([key, value]) => result.condition[key] === value),
    ),
  );
  const condition = conditionText(kind.condition);
  return {
    name: `${lensName(kind.lens)}${condition === '' ? '' : ` (${condition})`}`,
    colour,
    hatched: false,
    values: found.map(
      (result) => (result?.summary.median ?? null) && (result?.summary.median ?? 0) / scale.divisor,
    ),
    ranges: found.map((result) => rangeOf(result, scale)),
    texts: found.map((result) => figure(result?.summary.median, unit)),
  };
}

function rangeOf(result: RecordedResult | undefined, scale: Scale): [number, number] | null {
  const { n, min, max } = result?.summary ?? { n: 0, min: null, max: null };
  return n < 2 || min === null || max === null ? null : [min / scale.divisor, max / scale.divisor];
}

function totalText(results: readonly RecordedResult[], platform: string, unit: Unit): string {
  const medians = results
    .filter((result) => result.platform === platform)
    .map((result) => result.summary.median ?? 0);
  return figure(
    medians.reduce((sum, median) => sum + median, 0),
    unit,
  );
}

/** Figures of others may have names that begin alike; they have no place on an axis of ours. */
function isOf(result: RunRecord['results'][number], measure: string): boolean {
  return result.metric.startsWith(`${measure}.`) && isOurs(result);
}
