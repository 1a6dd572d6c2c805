/** The charts of a history: one per figure, with a line per platform. */
import type { HistorySeries, RunHistory } from '../../bench/record/history.ts';
import { figure, scaleFor } from '../../bench/record/figures.ts';
import type { TrendChart } from '../html/chart.ts';
import { lensName, resultName } from '../wording.ts';
import { changeText, dayOf, seriesPlatform, shortCommit } from './wording.ts';

export interface Trend {
  title: string;
  chart: TrendChart;
}

/** @param group index of the scenario on a class of machine */
export function trendsOf(history: RunHistory, group: number): Trend[] {
  const all = history.series.filter((each) => each.group === group);
  const runs = runsOf(all);
  const platforms = [...new Set(all.map(seriesPlatform))];
  const named = new Map<string, HistorySeries[]>();
  for (const each of all) named.set(resultName(each), [...(named.get(resultName(each)) ?? []), each]);
  return [...named].map(([name, series], index) => ({
    title: titleOf(name, series),
    chart: {
      type: 'trend',
      id: `trend-${group}-${index}`,
      labels: series.map(seriesPlatform),
      ...axisOf(series),
      runs: runs.map((run) => runText(history, run)),
      series: series.map((each) => seriesOf(each, series, runs, platforms)),
      variants: [
        { name: 'fitted', scale: 'fitted' },
        { name: 'from zero', scale: 'linear' },
      ],
    },
  }));
}

/** Runs that have any figure of these, in the order of time. */
function runsOf(series: readonly HistorySeries[]): number[] {
  return [...new Set(series.flatMap(({ points }) => points.map(({ run }) => run)))].sort((a, b) => a - b);
}

function titleOf(name: string, [first]: readonly HistorySeries[]): string {
  return first?.lens === undefined ? name : `${name}: ${lensName(first.lens)}`;
}

function axisOf(series: readonly HistorySeries[]): Pick<TrendChart, 'axis' | 'symbol'> {
  const { name, symbol } = scaleOf(series);
  return { axis: name, symbol };
}

/** One unit for all lines of a chart. */
function scaleOf(series: readonly HistorySeries[]): ReturnType<typeof scaleFor> {
  const medians = series.flatMap(({ points }) => points.map(({ median }) => Math.abs(median)));
  return scaleFor(
    series[0]?.unit ?? 'count',
    medians.reduce((most, value) => Math.max(most, value), 0),
  );
}

function runText({ runs }: RunHistory, index: number): TrendChart['runs'][number] {
  const run = runs[index];
  if (!run) throw new Error(`a series names run ${index}, which the history does not have`);
  const commit = run.commit === null ? [] : [`commit ${shortCommit(run.commit)}`];
  return { day: dayOf(run.startedAt), lines: [run.id, ...commit, run.host] };
}

function seriesOf(
  each: HistorySeries,
  together: readonly HistorySeries[],
  runs: readonly number[],
  platforms: readonly string[],
): TrendChart['series'][number] {
  const { divisor } = scaleOf(together);
  const places = new Map(runs.map((run, place) => [run, place]));
  const place = (index: number): number => places.get(each.points[index]?.run ?? -1) ?? 0;
  const [first, last] = [each.points[0]?.median ?? NaN, each.points.at(-1)?.median ?? NaN];
  return {
    name: seriesPlatform(each),
    colour: platforms.indexOf(seriesPlatform(each)),
    // Five digits are more than a screen shows, and keep a page of a thousand runs small.
    points: each.points.map(({ median }, index) => [place(index), Number((median / divisor).toPrecision(5))]),
    changes: each.changes.map(({ point }) => place(point)),
    end:
      each.points.length === 1
        ? figure(first, each.unit)
        : `${figure(first, each.unit)}, now ${figure(last, each.unit)} (${changeText(first, last, each)})`,
  };
}
