/** What the bursts of a journal yield: pure. */
import { sustainedRate } from './ladder.ts';
import { warmupReason } from '../../run/journal/step-recorder.ts';
import type { JournalEvent, ObservedFigure } from '../../run/journal/journal.ts';
import { ascending, quantile } from '../../statistics/quantile.ts';

/** One burst. All times are milliseconds. */
export interface TakenBurst {
  /** Starts that it had. */
  instances: number;
  /** Those that became ready. */
  starts: BurstStart[];
  /** Until the last one was ready or given up, from the request on. */
  durationMs: number;
  /** CPU time by lens, of all starts together. */
  cpuMs: Record<string, number>;
  /** Share of the machine's CPUs that were busy. */
  busy: number;
  /** Share of the time in which some task waited, by resource; empty where the kernel does not tell. */
  stalled: Record<string, number>;
}

export interface BurstStart {
  /** From the request until layer, network and cgroup were there. */
  createMs: number;
  /** From the release of all start commands until this one was handed over. */
  lagMs: number;
  /** From the release until its first good answer. */
  readyMs: number;
}

/** Of a block that is in the journal whole: a resumed run takes one that was cut off again, as a whole. */
export function burstFigures(events: readonly JournalEvent[]): ObservedFigure[] {
  return events.flatMap((event) => {
    if (event.type === 'ladder') return figuresOfLadder(event);
    return event.type === 'burst' ? figuresOfBlock(event) : [];
  });
}

function figuresOfLadder({
  platform,
  at,
  steps,
}: Extract<JournalEvent, { type: 'ladder' }>): ObservedFigure[] {
  const common = { platform, measure: 'burst', lens: null, definition: null };
  const sampleOf = (value: number): ObservedFigure['sample'] => ({ value, block: 1, at });
  return [
    { ...common, metric: 'burst.sustained', condition: {}, sample: sampleOf(sustainedRate(steps)) },
    ...steps.flatMap(({ rate, p95Ms }): ObservedFigure[] =>
      p95Ms === null
        ? []
        : [{ ...common, metric: 'burst.p95', condition: { rate }, sample: sampleOf(p95Ms) }],
    ),
  ];
}

function figuresOfBlock({
  platform,
  block,
  at,
  bursts,
}: Extract<JournalEvent, { type: 'burst' }>): ObservedFigure[] {
  const single = bursts.find(({ instances }) => instances === 1);
  const found: ObservedFigure[] = [];
  for (const burst of bursts) {
    const add = (
      metric: string,
      value: number,
      more: { clock?: Clock; lens?: string | undefined } = {},
    ): void => {
      const { clock, lens = null } = more;
      const sample = { value, block, at, ...(block === 0 ? { excluded: warmupReason } : {}) };
      const condition = { instances: burst.instances, ...(clock && { clock }) };
      found.push({ platform, measure: 'burst', metric, lens, condition, definition: null, sample });
    };
    add('burst.success', burst.starts.length / burst.instances);
    if (burst.starts.length < burst.instances) continue;
    for (const clock of clocks) {
      const times = ascending(burst.starts.map(timeBy[clock]));
      const median = quantile(times, 0.5);
      const last = quantile(times, 1);
      add('burst.ready', last, { clock });
      add('burst.median', median, { clock });
      add('burst.first', quantile(times, 0), { clock });
      add('burst.p90', quantile(times, 0.9), { clock });
      add('burst.rate', (1000 * burst.instances) / last, { clock });
      const [alone] = single?.starts ?? [];
      if (alone && burst.instances > 1) add('burst.slowdown', median / timeBy[clock](alone), { clock });
    }
    add('burst.lag', Math.max(...burst.starts.map(({ lagMs }) => lagMs)));
    add('burst.busy', burst.busy);
    for (const [lens, share] of Object.entries(burst.stalled)) add('burst.stalled', share, { lens });
    for (const [lens, ms] of Object.entries(burst.cpuMs)) add('cpu.start', ms / burst.instances, { lens });
  }
  return found;
}

type Clock = 'request' | 'start';
const clocks: readonly Clock[] = ['request', 'start'];

const timeBy: Readonly<Record<Clock, (start: BurstStart) => number>> = {
  request: ({ createMs, readyMs }) => createMs + readyMs,
  start: ({ readyMs }) => readyMs,
};
