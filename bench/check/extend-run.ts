/** Gives a finished run more blocks, where its journal lies on this machine. */
import {
  measureNames,
  samplesOf,
  withSamples,
  type MeasureName,
  type ResolvedMeasures,
} from '../../scenarios/measures/measures.ts';
import type { CommandContext } from '../environment/context.ts';
import type { RunRecord } from '../record/schema.ts';
import { refuseLabRun } from './not-in-lab.ts';

/** What is to be sampled more. */
export interface More {
  /** Blocks that count; a warm-up block comes before them. */
  blocks: number;
  platforms: readonly string[];
  measures: readonly MeasureName[];
}

/** @returns the record with the blocks in it; also `run.json` has them then */
export async function extendRun(folder: string, more: More, context: CommandContext): Promise<RunRecord> {
  const { readRun, runSuite } = await import('../run/suite.ts');
  const { scenario, seed, inLab } = await readRun(folder);
  refuseLabRun(folder, inLab);
  const measures = withMore(scenario.measures, more);
  return await runSuite(
    { ...scenario, measures },
    {
      folder,
      seed,
      extend: { platforms: more.platforms },
      // The reports follow once the check has its verdict.
    },
    context,
  );
}

function withMore(measures: ResolvedMeasures, { blocks, measures: wanted }: More): ResolvedMeasures {
  const planned = Math.max(0, ...measureNames.map((name) => samplesOf(measures, name) ?? 0));
  // New blocks come after all that were planned, also for a measure that had fewer.
  return withSamples(measures, planned + 1 + blocks, (name) => wanted.includes(name));
}
