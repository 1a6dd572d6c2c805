/** A check of stored runs, which may take time to sample more. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicMs } from '../../runners/machine/clock.ts';
import type { ResolvedGate } from '../../scenarios/resolved.ts';
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { accumulate, mostLooks, turnsOfLook } from './accumulate.ts';
import { checkRun, type Check, type CheckInput } from './check-run.ts';
import { extendRun } from './extend-run.ts';
import type { FoundReference } from '../store/find-reference.ts';
import { gatesOf } from './gates-of.ts';

export interface StoredRuns extends Omit<CheckInput, 'looks' | 'reference' | 'mayGrow'> {
  /** The run's folder. */
  folder: string;
  reference: FoundReference | null;
}

/**
 * @param budgetMs null: judge what there is
 * @returns the check, and the run as it is by then
 */
export async function checkWithin(
  budgetMs: number | null,
  stored: StoredRuns,
  context: CommandContext,
): Promise<Check & { record: RunRecord }> {
  const { folder, selfTest, force } = stored;
  let { record, reference } = stored;
  // A run that was extended was looked at before, and that share of the error is spent.
  const looksBefore = Math.ceil((record.run.extensions ?? 0) / turnsOfLook);
  const looks = budgetMs === null && looksBefore === 0 ? 1 : mostLooks;
  const mayGrow = budgetMs !== null;
  const judge = (): Check => checkRun({ record, reference, selfTest, force, looks, mayGrow });
  if (budgetMs === null) return { ...judge(), record };
  if (!isRunHere(folder)) {
    throw new TareError(
      `--budget samples more, and ${folder} holds no journal of a run that could go on; check without --budget`,
      exitCodes.usage,
    );
  }
  const gates = gatesOf(record);
  const check = await accumulate({
    gates,
    blocks: blocksOf(record, gates),
    looksBefore,
    budgetMs,
    judge,
    now: monotonicMs,
    progress: (message) => {
      context.log.progress(message);
    },
    async extend(side, more) {
      context.signal.throwIfAborted();
      if (side === 'run') record = await extendRun(folder, more, context);
      else if (reference?.folder != null && isRunHere(reference.folder)) {
        reference = { ...reference, record: await extendRun(reference.folder, more, context) };
      }
      context.signal.throwIfAborted();
    },
  });
  return { ...check, record };
}

/** As many as there are, within reason: fewer than 6 make no interval, and a look should end some time. */
function blocksOf({ results }: RunRecord, gates: readonly ResolvedGate[]): number {
  const gated = results.filter(({ metric }) => gates.some((gate) => gate.metric === metric));
  return Math.min(50, Math.max(6, ...gated.map(({ summary }) => summary.n)));
}

function isRunHere(folder: string): boolean {
  return existsSync(join(folder, 'events.ndjson'));
}
