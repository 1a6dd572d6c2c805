/** Series and changes of a history in words. */
import { pText } from '../../bench/record/p-value.ts';
import type { HistoryChange, HistoryRun, HistorySeries } from '../../bench/record/history.ts';
import { directionOf, percent, signed, signedPercent } from '../change-wording.ts';
import { figure } from '../../bench/record/figures.ts';
import { resultName } from '../wording.ts';

/** `vm (TCG)` */
export function seriesPlatform({ platform, accel }: HistorySeries): string {
  return accel === 'tcg' ? `${platform} (TCG)` : platform;
}

/** `+12 %`; the difference in the unit where there is no ratio. */
export function changeText(from: number, to: number, { unit }: HistorySeries): string {
  if (from > 0 && to > 0) return signedPercent(to / from - 1);
  return signed(figure(to - from, unit), to - from);
}

/** `runc: startup.ready is 12 % slower since 2026-01-20, 3fa9c21d0e (run 20260120-…): 2.10 s before, 2.35 s after.` */
export function changeSentence(
  series: HistorySeries,
  change: HistoryChange,
  runs: readonly HistoryRun[],
): string {
  const { before, after, ratio, point, p } = change;
  const { unit } = series;
  const size = ratio === null ? figure(Math.abs(after - before), unit) : percent(Math.abs(ratio - 1));
  const run = runs[series.points[point]?.run ?? -1];
  const commit = run?.commit == null ? '' : `, commit ${shortCommit(run.commit)}`;
  return (
    `${seriesPlatform(series)}: ${resultName(series)} is ${size} ${directionOf(series, after > before)} since ` +
    `${dayOf(run?.startedAt ?? '')}${commit} (${run?.id ?? ''}): ${figure(before, unit)} before, ` +
    `${figure(after, unit)} after (${pText(p)}).`
  );
}

/** Ten digits of a hash, and whether files differed from it. */
export function shortCommit(commit: string): string {
  return commit.replace(/^([0-9a-f]{10})[0-9a-f]+/, '$1');
}

/** `2026-01-20` */
export function dayOf(startedAt: string): string {
  return startedAt.slice(0, 10);
}
