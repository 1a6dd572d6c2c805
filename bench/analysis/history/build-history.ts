/** The history of stored runs: a series per figure, with the points at which it has changed. A function of the runs. */
import {
  historyVersion,
  type HistoryChange,
  type HistoryGroup,
  type HistorySeries,
  type RunHistory,
  type StoredFigure,
  type StoredRun,
} from '../../record/history.ts';
import { changePoints } from '../../statistics/change-points.ts';
import { ascending, quantile } from '../../statistics/quantile.ts';

/**
 * Stricter than for a single series, since a history has dozens of them: of a hundred steady ones, about one shows a
 * change that is none.
 */
const level = 0.01;

/** @param wanted which figures; the others make no series */
export function buildHistory(
  stored: readonly StoredRun[],
  unreadable: RunHistory['unreadable'],
  wanted: (figure: StoredFigure) => boolean,
): RunHistory {
  const runs = inTime(stored);
  const groups = new Map<string, HistoryGroup>();
  const series = new Map<string, HistorySeries>();
  // From the latest run on, so that series and groups come in the order of the scenario as it is now.
  for (const [index, run] of [...runs.entries()].reverse()) {
    const group = groupOf(run, groups);
    for (const figure of run.figures.filter(wanted)) {
      const { summary, ...name } = figure;
      const { n, median, ciLow, ciHigh } = summary;
      if (median === null) continue;
      const key = JSON.stringify([group, name]);
      const found = series.get(key) ?? { group, ...name, points: [], changes: [] };
      found.points.push({ run: index, n, median, ciLow, ciHigh });
      series.set(key, found);
    }
  }
  return {
    historyVersion,
    level,
    runs: runs.map(({ id, startedAt, commit, host }) => ({ id, startedAt, commit, host })),
    groups: [...groups.values()],
    series: [...series.values()]
      .map((each) => withChanges({ ...each, points: each.points.reverse() }))
      .sort((a, b) => a.group - b.group),
    unreadable,
  };
}

/** A run that was found twice, in a cache and in the runs folder, is one run. */
function inTime(stored: readonly StoredRun[]): StoredRun[] {
  const runs = new Map(stored.map((run) => [JSON.stringify([run.id, run.startedAt, run.hostClass]), run]));
  return [...runs.values()].sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt));
}

/** @returns the index of the run's group */
function groupOf({ scenario, hostClass, host }: StoredRun, groups: Map<string, HistoryGroup>): number {
  const key = JSON.stringify([scenario, hostClass]);
  if (!groups.has(key)) groups.set(key, { scenario, hostClass, host });
  return [...groups.keys()].indexOf(key);
}

function withChanges(series: HistorySeries): HistorySeries {
  const values = series.points.map(({ median }) => median);
  const found = changePoints(values, { seed: 1, level });
  const bounds = [0, ...found.map(({ index }) => index), values.length];
  const levels = bounds.slice(1).map((end, index) => middle(values.slice(bounds[index], end)));
  const changes = found.map(({ index, p }, nth): HistoryChange => {
    const [before = NaN, after = NaN] = levels.slice(nth, nth + 2);
    return { point: index, p, before, after, ratio: before > 0 && after > 0 ? after / before : null };
  });
  return { ...series, changes };
}

function middle(values: readonly number[]): number {
  return quantile(ascending(values), 0.5);
}
