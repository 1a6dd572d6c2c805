/** `tare compare --ab`: two scenarios run together, their blocks in turn, and compared. */
import { join } from 'node:path';
import type { AccelChoice } from '../../../scenarios/schema/allowed-words.ts';
import { compareRuns } from '../../analysis/compare-runs/compare-runs.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import type { RunComparison } from '../../record/comparison.ts';
import type { RunRecord } from '../../record/schema.ts';
import type { RunScenario } from '../../run/run.ts';
import { prepareJobs, type Job } from './jobs.ts';
import { loadJobs, newSeed } from './load-jobs.ts';
import { runInTurn, variantNames } from './run-in-turn.ts';
import { exitCodeOf, heaviest } from '../output/verdict.ts';

export interface AbOptions {
  /** Two; the first is the reference. */
  scenarios: readonly string[];
  platform: readonly string[];
  measure: readonly string[];
  samples?: number | undefined;
  seed?: number | undefined;
  accel?: AccelChoice | undefined;
  out?: string | undefined;
}

/** @param show gets the comparison, where both sides have figures */
export async function runAb(
  options: AbOptions,
  show: (comparison: RunComparison) => Promise<void>,
  context: CommandContext,
  runScenario: RunScenario,
): Promise<ExitCode> {
  const seed = options.seed ?? newSeed();
  const prepared = await prepareJobs(loadVariants(options, seed, context), { reporter: [] }, context);
  const records = await runInTurn(prepared, seed, context, runScenario);
  context.log.progress('');
  context.stderr.write(`runs: ${prepared.map(({ job }) => job.folder).join(' ')}\n`);
  if (context.signal.aborted) context.stderr.write('interrupted; `tare compare` compares what there is\n');
  context.signal.throwIfAborted();
  for (const record of records) warnOfFailures(record, context);
  const [reference, run] = records;
  if (reference?.results.length && run?.results.length) {
    await show(compareRuns(reference, [run], { platforms: [], measures: [], force: false }));
  }
  // The scenarios' gates are for a check of either run; here nobody would see their verdicts.
  return heaviest(
    records.map((record) => exitCodeOf({ ...record, gates: [] }, { failOnInconclusive: false })),
  );
}

function loadVariants(options: AbOptions, seed: number, context: CommandContext): Job[] {
  const { scenarios, samples = null, out } = options;
  if (scenarios.length !== variantNames.length) {
    throw new TareError(
      `--ab takes two scenarios, the reference first; found ${scenarios.length}`,
      exitCodes.usage,
    );
  }
  const jobs = variantNames.flatMap((name, index) =>
    loadJobs(
      {
        ...options,
        scenarios: scenarios.slice(index, index + 1),
        samples,
        seed,
        suffix: `-${name}`,
        out: out === undefined ? undefined : join(out, name),
      },
      context,
    ),
  );
  if (jobs.some(({ scenario }) => scenario.measures.density !== null)) {
    throw new TareError(
      '--ab cannot take density, which is not sampled in blocks; leave it out with --measure',
      exitCodes.usage,
    );
  }
  const [first = [], second = []] = jobs.map(({ scenario }) => scenario.platforms.map(({ id }) => id));
  if (!first.some((id) => second.includes(id))) {
    throw new TareError(
      `the scenarios share no platform (${first.join(', ')}; ${second.join(', ')}): give what is to be compared one id ` +
        'in both, such as { id: box, runner: oci, runtime: crun }',
      exitCodes.usage,
    );
  }
  return jobs;
}

function warnOfFailures({ run, failures }: RunRecord, { log }: CommandContext): void {
  for (const { platform, code, message, log: path } of failures) {
    log.warn(`${run.id}: ${platform}: ${code}: ${message}${path === null ? '' : ` (${path})`}`);
  }
}
