/** The first figures while a run goes on, a row for each platform; made of the journal's events alone. */
import { join } from 'node:path';
import { textTable, printable } from '../../../reports/text-table.ts';
import { samplesOf } from '../../../scenarios/measures/measures.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import type { CommandContext } from '../../environment/context.ts';
import { figure } from '../../record/figures.ts';
import { readJournal, type JournalEvent } from '../../run/journal/journal.ts';
import { ascending, quantile } from '../../statistics/quantile.ts';
import { journalFile } from '../../store/find-run.ts';

export interface LiveTable {
  take: (event: JournalEvent) => Promise<void>;
}

/** Null where stderr is no terminal. A resumed run begins with what it has. */
export async function openLiveTable(
  folder: string,
  scenario: ResolvedScenario,
  { live }: Pick<CommandContext, 'live'>,
): Promise<LiveTable | null> {
  if (live === null) return null;
  const { events } = await readJournal(join(folder, journalFile));
  return {
    take(event) {
      events.push(event);
      if (event.type === 'step') live(liveLines(scenario, events));
      return Promise.resolve();
    },
  };
}

/** No lines before the first figure. A warm-up figure has a tilde: it shows the size, and does not count. */
export function liveLines(scenario: ResolvedScenario, events: readonly JournalEvent[]): string[] {
  const planned = samplesOf(scenario.measures, 'startup');
  if (planned === null || !events.some((event) => event.type === 'step')) return [];
  const { baseline } = scenario;
  const base = median(events, baseline, 'startup.ready');
  const decided = events.findLast((event) => event.type === 'sampling')?.sampling;
  const rows = scenario.platforms.flatMap(({ id }) => {
    if (isSkipped(events, id)) return [];
    const ready = median(events, id, 'startup.ready');
    const memory = median(events, id, 'memory.pss');
    const mark = ready?.isWarmup ? '~' : '';
    const of = decided?.find(({ platform }) => platform === id)?.planned ?? planned;
    const ratio =
      id === baseline
        ? 'baseline'
        : ready && base
          ? `${mark}${figure(ready.value / base.value, 'ratio')}`
          : '…';
    return [
      [
        printable(id),
        ready ? `${mark}${figure(ready.value, 'ms')}` : '…',
        ratio,
        memory ? `${memory.isWarmup ? '~' : ''}${figure(memory.value, 'bytes')}` : '…',
        `${ready && !ready.isWarmup ? ready.n : 0} of ${of}`,
      ],
    ];
  });
  return textTable(
    [
      { title: 'platform', align: 'left' },
      { title: 'ready', align: 'right' },
      { title: `× ${printable(baseline)}`, align: 'right' },
      { title: 'memory', align: 'right' },
      { title: 'samples', align: 'right' },
    ],
    rows,
  );
}

function isSkipped(events: readonly JournalEvent[], id: string): boolean {
  const platform = events.findLast((event) => event.type === 'platform' && event.platform.id === id);
  return platform?.type === 'platform' && platform.platform.skipped !== null;
}

function median(
  events: readonly JournalEvent[],
  platform: string,
  metric: string,
): { value: number; n: number; isWarmup: boolean } | null {
  const samples = events.flatMap((event) =>
    event.type === 'sample' &&
    event.platform === platform &&
    event.metric === metric &&
    !('load' in event.condition)
      ? [event.sample]
      : [],
  );
  const counted = samples.filter(({ excluded }) => excluded === undefined);
  const shown = counted.length > 0 ? counted : samples;
  if (shown.length === 0) return null;
  const value = quantile(ascending(shown.map((sample) => sample.value)), 0.5);
  return { value, n: counted.length, isWarmup: counted.length === 0 };
}
