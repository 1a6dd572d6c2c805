/** Runs the variants of an A/B together: whichever is not sampling waits. */
import { randomUUID } from 'node:crypto';
import { alternate, type Turns } from '../../run/alternate.ts';
import { commitOf } from '../../environment/commit.ts';
import type { CommandContext } from '../../environment/context.ts';
import type { RecordedVariant, RunRecord } from '../../record/schema.ts';
import type { RunScenario } from '../../run/run.ts';
import type { PreparedJob } from './jobs.ts';
import { writeTargets } from '../output/report-targets.ts';

/** The first is the reference. */
export const variantNames = ['a', 'b'] as const;

/** The first is prepared before the second begins. What keeps one from going on ends the other too. */
export async function runInTurn(
  prepared: readonly PreparedJob[],
  seed: number,
  context: CommandContext,
  runScenario: RunScenario,
): Promise<RunRecord[]> {
  const ab = randomUUID();
  const broken = new AbortController();
  const signal = AbortSignal.any([context.signal, broken.signal]);
  const turns = alternate(prepared.length, seed, signal);
  const running: Promise<RunRecord | null>[] = [];
  for (const [index, each] of prepared.entries()) {
    const own = turns[index] as Turns;
    const of = { ab, name: variantNames[index] as string };
    const run = runVariant(each, { of, turns: own }, { ...context, signal }, runScenario);
    running.push(
      run.catch((error: unknown) => {
        broken.abort(error);
        return null;
      }),
    );
    await own.prepared;
    if (signal.aborted) break;
  }
  const records = await Promise.all(running);
  if (broken.signal.aborted) throw broken.signal.reason;
  return records.filter((record) => record !== null);
}

async function runVariant(
  { job, targets }: PreparedJob,
  variant: { of: RecordedVariant; turns: Turns },
  context: CommandContext,
  runScenario: RunScenario,
): Promise<RunRecord> {
  const { folder, seed, scenario } = job;
  const log: CommandContext['log'] = {
    progress: (message) => {
      context.log.progress(`${variant.of.name}: ${message}`);
    },
    debug: (message) => {
      context.log.debug(`${variant.of.name}: ${message}`);
    },
    warn: (message) => {
      context.log.warn(`${variant.of.name}: ${message}`);
    },
  };
  try {
    const commit = await commitOf(context);
    const asked = { folder, seed, commit, variant };
    const record = await runScenario(scenario, asked, { ...context, log });
    await writeTargets(targets, record, context);
    return record;
  } finally {
    void variant.turns.leave();
  }
}
