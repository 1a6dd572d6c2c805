/** `tare run`: resolves the scenarios, runs one after the other, and reports. */
import { Argument, Option, type Command } from '@commander-js/extra-typings';
import { defaultScenario } from '../../../scenarios/loader/built-in.ts';
import type { AccelChoice } from '../../../scenarios/schema/allowed-words.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { formatPlan, planRun } from '../../run/plan.ts';
import type { RunScenario } from '../../run/run.ts';
import { findRun } from '../../store/find-run.ts';
import { hasChoices } from '../choices.ts';
import type { CommandTools } from '../commands.ts';
import { addRunOptions } from '../option-groups.ts';
import { measureOption, platformOption, samplesOption } from '../options.ts';
import { readGiven } from '../../run/given.ts';
import { runJobs, suite, type Job } from '../runs/jobs.ts';
import { loadJobs, newSeed } from '../runs/load-jobs.ts';
import { addPayloadOptions, writtenScenarios, type PayloadOptions } from '../runs/written-scenarios.ts';

export function define(command: Command, { act }: CommandTools): void {
  const takesScenario = command.addArgument(anyPayload).addOption(platformOption);
  addPayloadOptions(
    addRunOptions(takesScenario.addOption(measureOption).addOption(samplesOption).addOption(givenOption)),
  ).action((scenarios, { port, ready, memory, cpus, env, command: words, save, ...chosen }, { args }) =>
    act((context) => {
      const payload = { port, ready, memory, cpus, env, command: words, save };
      return runCommand(
        { ...chosen, scenarios, payload, hasChoices: hasChoices(command, args) || isAnyGiven(payload) },
        context,
      );
    }),
  );
}

/** For the batch script of `tare fleet run`, which writes the file. */
const givenOption = new Option(
  '--given <file>',
  'a resolved scenario whose payload the cache holds',
).hideHelp();

const anyPayload = new Argument(
  '[scenario...]',
  'scenario file or built-in name; or an image, an archive, a folder or a Containerfile that is run without one',
).default([defaultScenario], defaultScenario);

function isAnyGiven({ env, ...others }: PayloadOptions): boolean {
  return env.length > 0 || Object.values(others).some((value) => value !== undefined);
}

export interface RunOptions {
  scenarios: readonly string[];
  /** What is said of payloads that stand in place of a scenario; absent: scenarios only. */
  payload?: PayloadOptions;
  /** Whether the command line itself chose a scenario, a filter, a seed or a folder; a project file does not count. */
  hasChoices: boolean;
  platform: readonly string[];
  measure: readonly string[];
  samples?: number | undefined;
  seed?: number | undefined;
  accel?: AccelChoice | undefined;
  out?: string | undefined;
  /** Whether it runs in a lab. */
  inLab?: true | undefined;
  resume?: string | undefined;
  /** File with a scenario that takes the place of any other. */
  given?: string | undefined;
  reporter: readonly string[];
  json?: true | undefined;
  dryRun?: true | undefined;
  failOnInconclusive?: true | undefined;
}

export async function runCommand(
  options: RunOptions,
  context: CommandContext,
  runScenario: RunScenario = suite,
): Promise<ExitCode> {
  if (options.given !== undefined) return await runGiven({ ...options, given: options.given }, context);
  const written =
    options.payload && options.resume === undefined
      ? await writtenScenarios(options.scenarios, options.payload, context)
      : null;
  const jobs =
    options.resume === undefined
      ? planJobs({ ...options, ...(written && { written: written.scenarios }) }, context)
      : [await resumedJob(options, context)];
  if (options.dryRun) {
    for (const { scenario, seed } of jobs)
      context.stdout.write(formatPlan(scenario, planRun(scenario, seed)));
    return exitCodes.done;
  }
  return await runJobs(jobs, options, context, written ? written.saving(runScenario) : runScenario);
}

/** On a node that has the payload, and not what it was made of. */
async function runGiven(options: RunOptions & { given: string }, context: CommandContext): Promise<ExitCode> {
  const { scenario, payload } = await readGiven(options.given);
  const job =
    options.resume === undefined
      ? planJobs({ ...options, scenarios: [''], written: new Map([['', scenario]]) }, context)
      : [await resumedJob(options, context)];
  return await runJobs(job, options, context, (own, suiteOptions, runContext) =>
    suite(own, { ...suiteOptions, payload }, runContext),
  );
}

function planJobs(
  options: RunOptions & Pick<Parameters<typeof loadJobs>[0], 'written'>,
  context: CommandContext,
): Job[] {
  const { samples = null, seed = newSeed() } = options;
  const jobs = loadJobs({ ...options, samples, seed, suffix: '' }, context);
  const twice = jobs.find((job, at) => jobs.findIndex((other) => other.folder === job.folder) !== at);
  if (twice) {
    throw new TareError(`scenario \`${twice.scenario.name}\` is named twice`, exitCodes.usage);
  }
  return jobs;
}

async function resumedJob(options: RunOptions, context: CommandContext): Promise<Job> {
  if (options.hasChoices) {
    throw new TareError(
      '--resume continues a run with its own settings; remove the scenario, filters, --seed and --out',
      exitCodes.usage,
    );
  }
  const { readRun } = await import('../../run/suite.ts');
  const { folder } = await findRun(options.resume ?? '', context.cwd);
  const { inLab, isVariant, ...begun } = await readRun(folder);
  if (isVariant) {
    throw new TareError(
      `${folder} is one side of an A/B run, which cannot be resumed alone; compare what it has, or start a new A/B run`,
      exitCodes.usage,
    );
  }
  if (inLab !== (options.inLab === true)) {
    throw new TareError(
      `${folder} was begun ${inLab ? 'in a lab: go on with `tare lab run --resume`' : 'outside a lab: go on with `tare run --resume`'}`,
      exitCodes.usage,
    );
  }
  return { ...begun, folder, origin: 'resumed' };
}
