/** A pair of windows, and the figures that follow from it and from what the same aggressor does on a bare process. */
import type { AggressorKind, LimitState } from '../../../scenarios/schema/allowed-words.ts';
import { ascending, quantile } from '../../statistics/quantile.ts';
import type { JournalEvent, ObservedFigure } from '../../run/journal/journal.ts';

/** What the victim answered. */
export interface Window {
  offered: number;
  ok: number;
  /** Of all requests, milliseconds. */
  p99Ms: number;
}

export interface NeighborPair {
  aggressor: AggressorKind;
  limits: LimitState;
  /** From 1. */
  number: number;
  rps: number;
  alone: Window;
  beside: Window;
  /** Steps of its work that the aggressor did each second; null: it could not tell. */
  work: number | null;
  /** Whether the victim, and the aggressor, died in the window. */
  victimDied: boolean;
  aggressorDied: boolean;
}

type PairEvent = Extract<JournalEvent, { type: 'neighbor-pair' }>;

/** An aggressor that does less than this share of what it does on a bare process has not pushed. */
const leastWork = 0.5;

export function neighborFigures(events: readonly JournalEvent[]): ObservedFigure[] {
  const pairs = events.filter((event): event is PairEvent => event.type === 'neighbor-pair');
  const bare = bareProcess(events);
  return pairs.flatMap((event) => {
    const { platform, pair } = event;
    const excluded = whyNotExerted(
      workOf(pairs, platform, pair),
      bare === null || bare === platform ? null : workOf(pairs, bare, pair),
    );
    return figuresOf(pair).map(([metric, value]) => ({
      platform,
      measure: 'neighbor',
      metric,
      lens: null,
      condition: { aggressor: pair.aggressor, limits: pair.limits },
      definition: null,
      sample: {
        ...{ value, block: pair.number, at: event.at },
        ...(excluded !== null && isOfVictim(metric) ? { excluded } : {}),
      },
    }));
  });
}

function figuresOf({
  alone,
  beside,
  rps,
  work,
  victimDied,
  aggressorDied,
}: NeighborPair): [string, number][] {
  // Where nothing was answered without an aggressor either, nothing was lost by it.
  const ratios: [string, number][] =
    alone.ok === 0
      ? []
      : [
          ['neighbor.latency.p99', beside.p99Ms / alone.p99Ms],
          ['neighbor.throughput', beside.ok / beside.offered / (alone.ok / alone.offered)],
        ];
  return [
    ...ratios,
    ['neighbor.errors', 1 - beside.ok / beside.offered],
    ['neighbor.died', victimDied ? 1 : 0],
    ['neighbor.offered', rps],
    ['neighbor.lost', aggressorDied ? 1 : 0],
    ...(work === null ? [] : [['neighbor.work', work] as [string, number]]),
  ];
}

function isOfVictim(metric: string): boolean {
  return ['neighbor.latency.p99', 'neighbor.throughput'].includes(metric);
}

/** Id of the platform that has no box. */
function bareProcess(events: readonly JournalEvent[]): string | null {
  for (const event of events) {
    if (event.type === 'platform' && event.platform.kind === 'process') return event.platform.id;
  }
  return null;
}

/** Median over all pairs of the same aggressor; null: it never told, or was never tried. */
function workOf(
  pairs: readonly PairEvent[],
  platform: string,
  { aggressor, limits }: NeighborPair,
): number | null {
  const works = pairs.flatMap(({ platform: id, pair }) =>
    id === platform && pair.aggressor === aggressor && pair.limits === limits && pair.work !== null
      ? [pair.work]
      : [],
  );
  return works.length === 0 ? null : quantile(ascending(works), 0.5);
}

/** @param bare what the same aggressor did on a bare process; null: there is none to hold it against */
function whyNotExerted(work: number | null, bare: number | null): string | null {
  if (bare === null || bare === 0) return null;
  if (work === null) return 'not exerted: the aggressor did not tell its work';
  if (work >= leastWork * bare) return null;
  return `not exerted: the aggressor did ${Math.round((100 * work) / bare)} % of what it does on a bare process`;
}
