/** Whether records belong to one fleet. What most of them say is taken for what is meant; the others are named. */
import type { HostRun } from './host-run.ts';

export interface Stranger {
  file: string;
  /** What differs from most of the others. */
  reason: string;
}

const shownSettings = 3;

/** @returns what fits together, and what does not, each in the order of the given ones */
export function sortStrangers(runs: readonly HostRun[]): { fitting: HostRun[]; strangers: Stranger[] } {
  const workload = most(runs.map(({ identity }) => identity.workload));
  const digest = most(runs.map(({ identity }) => identity.payloadDigest));
  const scenario = most(runs.map((run) => run.identity.scenario));
  const baseline = most(runs.map((run) => run.baseline ?? 'none'));
  const settings = usualSettings(runs);
  const fitting: HostRun[] = [];
  const strangers: Stranger[] = [];
  for (const run of runs) {
    const { identity } = run;
    const reasons = [
      ...different('scenario', identity.scenario, scenario),
      ...different('workload', identity.workload, workload),
      ...different('payload', identity.payloadDigest, digest),
      ...different('baseline', run.baseline ?? 'none', baseline),
      ...settingReasons(identity.settings, settings),
    ];
    if (reasons.length === 0) fitting.push(run);
    else strangers.push({ file: run.file, reason: reasons.join('; ') });
  }
  return { fitting, strangers };
}

function different(what: string, has: string, usual: string): string[] {
  return has === usual ? [] : [`its ${what} is ${has || 'none'}, that of most others ${usual || 'none'}`];
}

/** What most of the runs that have a setting at a place have there. */
function usualSettings(runs: readonly HostRun[]): Map<string, string> {
  const votes = new Map<string, Map<string, number>>();
  for (const { identity } of runs) {
    for (const [place, value] of identity.settings) {
      const counts = votes.get(place) ?? new Map<string, number>();
      votes.set(place, counts.set(value, (counts.get(value) ?? 0) + 1));
    }
  }
  return new Map([...votes].map(([place, counts]) => [place, winner(counts)]));
}

function settingReasons(has: ReadonlyMap<string, string>, usual: ReadonlyMap<string, string>): string[] {
  const wrong = [...has].filter(([place, value]) => usual.get(place) !== value);
  const shown = wrong
    .slice(0, shownSettings)
    .map(([place, value]) => `its ${place} is ${value}, that of most others ${usual.get(place) ?? 'none'}`);
  return wrong.length > shownSettings
    ? [...shown, `and ${wrong.length - shownSettings} more settings differ`]
    : shown;
}

function most(values: readonly string[]): string {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return winner(counts);
}

/** Of equally many votes the first by the alphabet, so that the order of the records does not decide. */
function winner(counts: ReadonlyMap<string, number>): string {
  let best: [string, number] | undefined;
  for (const entry of counts) {
    if (!best || entry[1] > best[1] || (entry[1] === best[1] && entry[0] < best[0])) best = entry;
  }
  return best?.[0] ?? '';
}
