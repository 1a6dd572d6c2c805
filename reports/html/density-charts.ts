/** The charts of a record's density. A chart without data is null and leaves no trace on the page. */
import type { DensityPoint } from '../../bench/record/density.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { densityLensName, densityOf, limitName, type DensityRow } from '../density.ts';
import { figure, scaleFor, type Scale } from '../../bench/record/figures.ts';
import { compareLenses, platformName } from '../wording.ts';
import type { BarChart, CurveChart, CurvePoint, CurveSeries, CurveVariant } from './chart.ts';

/** The lens that is shown at the start, and the others after it. */
const firstLens = 'workingset';
/** From this factor between values on, a linear axis squeezes the small ones together. */
const logarithmicFrom = 20;

export function densityMemoryChart(record: RunRecord): CurveChart | null {
  const rows = densityOf(record)?.rows ?? [];
  const lenses = [
    ...new Set(rows.flatMap(({ density }) => density.curve.flatMap(({ memory }) => Object.keys(memory)))),
  ].sort((a, b) => Number(b === firstLens) - Number(a === firstLens) || compareLenses(a, b));
  const budgetBytes = rows[0]?.density.budget.memoryBytes ?? 0;
  const variants = lenses.map((lens): CurveVariant => {
    const scale = scaleFor('bytes', budgetBytes);
    return {
      name: densityLensName(lens),
      axis: `memory of all instances, ${scale.name}`,
      symbol: scale.symbol,
      scale: 'linear',
      bound: { value: budgetBytes / scale.divisor, text: 'budget' },
      series: seriesOf(rows, scale, ({ memory }) => memory[lens] ?? null),
    };
  });
  return curves('density-memory', rows, variants);
}

export function densityLatencyChart(record: RunRecord): CurveChart | null {
  const objective = objectiveOf(record);
  return timeChart(record, 'density-p99', 'p99 over all instances', objective, ({ load }) => load.p99Ms);
}

export function densityStartupChart(record: RunRecord): CurveChart | null {
  return timeChart(
    record,
    'density-startup',
    'startup of the newest, median',
    null,
    ({ startup }) => startup?.medianMs ?? null,
  );
}

/** What a further instance takes, lens by lens, with the interval of the slope. */
export function densitySlopeChart(record: RunRecord): BarChart | null {
  const rows = (densityOf(record)?.rows ?? []).filter(({ density }) => density.slope.length > 0);
  const slopes = rows.flatMap(({ density }) => density.slope);
  if (slopes.length === 0) return null;
  const scale = scaleFor('bytes', Math.max(...slopes.map(({ bytesPerInstance }) => bytesPerInstance)));
  const lenses = [...new Set(slopes.map(({ lens }) => lens))].sort(compareLenses);
  const series = lenses.map((lens, colour) => {
    const own = rows.map(({ density }) => density.slope.find((slope) => slope.lens === lens));
    return {
      name: densityLensName(lens),
      colour,
      hatched: false,
      values: own.map((slope) => (slope ? slope.bytesPerInstance / scale.divisor : null)),
      ranges: own.map((slope): [number, number] | null =>
        slope && slope.ciLow !== null && slope.ciHigh !== null
          ? [slope.ciLow / scale.divisor, slope.ciHigh / scale.divisor]
          : null,
      ),
      texts: own.map((slope) => figure(slope?.bytesPerInstance, 'bytes')),
    };
  });
  return {
    type: 'bars',
    id: 'density-slope',
    labels: rows.map(({ platform }) => platformName(platform)),
    platforms: rows.map(({ platform }) => platform.id),
    stacked: false,
    variants: [{ name: 'all', axis: `${scale.name} per further instance`, totals: [], series }],
  };
}

function timeChart(
  record: RunRecord,
  id: string,
  what: string,
  boundMs: number | null,
  valueOf: (round: Round) => number | null,
): CurveChart | null {
  const rows = densityOf(record)?.rows ?? [];
  const values = rows.flatMap(({ density }) => density.curve.flatMap((point) => valueOf(point) ?? []));
  const most = Math.max(...values, 0);
  const scale = scaleFor('ms', most);
  const wide = Math.min(...values) > 0 && most / Math.min(...values) >= logarithmicFrom;
  const bound =
    boundMs === null ? null : { value: boundMs / scale.divisor, text: `objective ${figure(boundMs, 'ms')}` };
  return curves(id, rows, [
    {
      name: what,
      axis: `${what}, ${scale.name}`,
      symbol: scale.symbol,
      scale: wide ? 'logarithmic' : 'linear',
      bound,
      series: seriesOf(rows, scale, valueOf),
    },
  ]);
}

function curves(id: string, rows: readonly DensityRow[], all: readonly CurveVariant[]): CurveChart | null {
  const variants = all.filter(({ series }) => series.some(({ good, bad }) => good.length + bad.length > 0));
  if (variants.length === 0) return null;
  const held = rows.flatMap(({ density }) => density.instances ?? []).filter((instances) => instances > 0);
  return {
    type: 'curves',
    id,
    labels: rows.map(({ platform }) => platformName(platform)),
    platforms: rows.map(({ platform }) => platform.id),
    over: Math.max(...held) / Math.min(...held) >= logarithmicFrom ? 'logarithmic' : 'linear',
    variants,
  };
}

/** What a round and the holding have alike. */
type Round = Pick<DensityPoint, 'n' | 'memory' | 'load' | 'startup'>;

const shapes = { process: 'circle', container: 'rect', vm: 'triangle', unknown: 'circle' } as const;

function seriesOf(
  rows: readonly DensityRow[],
  scale: Scale,
  valueOf: (round: Round) => number | null,
): CurveSeries[] {
  return rows.map(({ platform, density, texts }, colour) => {
    const { limit, instances, held, curve } = density;
    // What was good once and could not be held afterwards is not part of the figure.
    const isGood = ({ n, good }: DensityPoint): boolean => good && n <= (held?.n ?? n);
    const points = (rounds: readonly Round[]): CurvePoint[] => {
      const byNumber = new Map<number, number>();
      for (const round of rounds) {
        const value = valueOf(round);
        if (value !== null) byNumber.set(round.n, value / scale.divisor);
      }
      return [...byNumber].map(([n, value]) => ({ n, value })).sort((a, b) => a.n - b.n);
    };
    const last = held && !curve.some((round) => round.n === held.n) ? [{ ...held, startup: null }] : [];
    const why = limit ? limitName(limit.by) : instances === null ? 'cut off' : '';
    return {
      name: platformName(platform),
      colour,
      shape: shapes[platform.kind],
      good: points([...curve.filter(isGood), ...last]),
      bad: points(curve.filter((round) => !isGood(round))),
      end: [texts.instances, ...(why === '' ? [] : [why])].join(': '),
    };
  });
}

/** Latency that 99 % must stay below, as the scenario has it; null where it does not say. */
function objectiveOf({ run }: RunRecord): number | null {
  const found = ['measures', 'density', 'slo', 'p99Ms'].reduce<unknown>(
    (value, key) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined,
    run.scenario,
  );
  return typeof found === 'number' ? found : null;
}
