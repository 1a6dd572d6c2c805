/**
 * A check that takes more samples while a gate is inconclusive and time is left. Gates are then judged several times, and each
 * look has a chance of being wrong: so the number of looks is fixed beforehand, and each gets an equal share of the error
 * (Bonferroni), which keeps the whole check within what one look would have.
 */
import { isSampled, metricOf, type MeasureName } from '../../scenarios/measures/measures.ts';
import type { ResolvedGate } from '../../scenarios/resolved.ts';
import type { RecordedGate } from '../record/schema.ts';
import type { Check } from './check-run.ts';
import type { More } from './extend-run.ts';

/** Looks in all, the first one included. */
export const mostLooks = 4;
/** How often each side is extended in one look. */
export const turnsOfLook = 2;

export interface Accumulation {
  gates: readonly ResolvedGate[];
  /** Blocks that each further look adds to each side. */
  blocks: number;
  /** Looks that were taken already, when these runs were extended by an earlier check. */
  looksBefore: number;
  budgetMs: number;
  /** Judges what there is. */
  judge(): Check;
  /** Adds to the reference, where that can be sampled, and to the run. */
  extend(side: 'reference' | 'run', more: More): Promise<void>;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  progress(message: string): void;
}

export async function accumulate(task: Accumulation): Promise<Check> {
  const beganAt = task.now();
  let check = task.judge();
  let lastLookMs = 0;
  for (let look = task.looksBefore + 1; look < mostLooks; look += 1) {
    const open = openGates(task.gates, check.gates);
    const leftMs = task.budgetMs - (task.now() - beganAt);
    if (open.length === 0 || leftMs <= 0 || lastLookMs > leftMs) break;
    task.progress(
      `look ${look + 1} of ${mostLooks}: ${task.blocks} more blocks for ${open.map(({ id }) => id).join(', ')}`,
    );
    const lookBeganAt = task.now();
    await addLook(task, open);
    lastLookMs = task.now() - lookBeganAt;
    check = task.judge();
  }
  return check;
}

/** In alternating order, A B B A, so that a drift of the machine meets both sides alike. */
async function addLook(task: Accumulation, gates: readonly ResolvedGate[]): Promise<void> {
  const platforms = [
    ...new Set(gates.flatMap(({ platform, over }) => (over === null ? [platform] : [platform, over]))),
  ];
  const measures = [...new Set(gates.flatMap(({ metric }) => sampledBy(metric)))];
  const more = { blocks: Math.ceil(task.blocks / turnsOfLook), platforms, measures };
  for (const side of ['reference', 'run', 'run', 'reference'] as const) await task.extend(side, more);
}

/** Gates that more samples could decide. */
function openGates(gates: readonly ResolvedGate[], judged: readonly RecordedGate[]): ResolvedGate[] {
  return gates.filter(
    ({ id, metric }) =>
      sampledBy(metric).length > 0 &&
      judged.some(
        (each) => each.verdict === 'inconclusive' && (each.id === id || each.id.startsWith(`${id} `)),
      ),
  );
}

/** Measures that must take more samples for a metric to have more. */
function sampledBy(metric: string): MeasureName[] {
  const known = metricOf(metric);
  if (!known || known.isExact || known.isSingle) return [];
  // What is taken of every instance, such as the size of its layer, needs instances of whatever measure.
  return [isSampled(known.measure) ? known.measure : 'startup'];
}
