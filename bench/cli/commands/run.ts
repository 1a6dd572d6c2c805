/** `tare run`: resolves the scenarios, runs one after the other, and reports. */
import { randomInt } from 'node:crypto';
import { join, resolve } from 'node:path';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import { applyOverrides } from '../../../scenarios/loader/overrides.ts';
import type { AccelChoice } from '../../../scenarios/schema/words.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { runsFolder } from '../../environment/paths.ts';
import { formatPlan, planRun } from '../../run/plan.ts';
import { findRun } from '../../store/find-run.ts';
import type { RunScenario } from '../../run/run.ts';
import { runJobs, suite, type Job } from '../runs/jobs.ts';

export interface RunOptions {
  scenarios: readonly string[];
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
  const jobs =
    options.resume === undefined ? planJobs(options, context) : [await resumedJob(options, context)];
  if (options.dryRun) {
    for (const { scenario, seed } of jobs)
      context.stdout.write(formatPlan(scenario, planRun(scenario, seed)));
    return exitCodes.done;
  }
  return await runJobs(jobs, options, context, runScenario);
}

/** @returns the scenarios with the command line's choices; every scenario is read before the first one runs */
export function loadJobs(
  options: Pick<RunOptions, 'scenarios' | 'platform' | 'accel' | 'out'> & {
    measure: readonly string[];
    samples: number | null;
    seed: number;
    suffix: string;
  },
  context: CommandContext,
): Job[] {
  const several = options.scenarios.length > 1;
  const startedAt = new Date();
  return options.scenarios.map((name) => {
    const scenario = applyOverrides(loadScenario(name, { cwd: context.cwd }), {
      platforms: [...options.platform],
      measures: [...options.measure],
      samples: options.samples,
      accel: options.accel ?? null,
    });
    const out = options.out === undefined ? null : resolve(context.cwd, options.out);
    const usual = join(runsFolder(context.cwd), `${timeStamp(startedAt)}-${scenario.name}${options.suffix}`);
    const folder = out === null ? usual : several ? join(out, scenario.name) : out;
    return { scenario, seed: options.seed, folder, origin: out === null ? 'usual' : 'chosen' };
  });
}

/** A seed that fits every generator: 31 bits. */
export function newSeed(): number {
  return randomInt(2 ** 31);
}

function planJobs(options: RunOptions, context: CommandContext): Job[] {
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
      '--resume continues a run as it was begun: give no scenario, filter, seed or folder with it',
      exitCodes.usage,
    );
  }
  const { readRun } = await import('../../run/suite.ts');
  const { folder } = await findRun(options.resume ?? '', context.cwd);
  const { inLab, isVariant, ...begun } = await readRun(folder);
  if (isVariant) {
    throw new TareError(
      `${folder} is one side of an A/B, and would go on without the other; compare what there is, or begin a new A/B`,
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

/** `20260131-235959`, local time: runs sort by it and a person recognises it. */
function timeStamp(date: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}${two(date.getMonth() + 1)}${two(date.getDate())}`;
  return `${day}-${two(date.getHours())}${two(date.getMinutes())}${two(date.getSeconds())}`;
}
