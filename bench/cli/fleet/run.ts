/** `tare fleet run` and `tare fleet attach`: one scenario on many nodes of a Slurm cluster, and its report. */
import { mkdir, readdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import { applyOverrides } from '../../../scenarios/loader/overrides.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { batchOptions, batchScript } from '../../fleet/slurm/batch-script.ts';
import { chooseNodes } from '../../fleet/slurm/choose-nodes.ts';
import { cancel, expandNodes, slurmNodes, type SlurmNode } from '../../fleet/slurm/cluster.ts';
import { batchOf, follow, submitTasks } from '../../fleet/slurm/follow.ts';
import { readJob, writeJob, type FleetJob } from '../../fleet/slurm/job-file.ts';
import { planRun } from '../../run/plan.ts';
import { fleetsFolder } from '../../environment/paths.ts';
import { timeStamp } from '../runs/load-jobs.ts';
import { liveTable, summaryLines } from './live-table.ts';
import { mergeCommand, type MergeCommandOptions } from './merge.ts';

export interface FleetRunOptions extends Pick<
  MergeCommandOptions,
  'out' | 'reporter' | 'json' | 'failOnInconclusive'
> {
  scenario: string;
  nodes?: number | undefined;
  nodelist?: string | undefined;
  constraint?: string | undefined;
  partition?: string | undefined;
  time?: string | undefined;
  runsPerNode?: number | undefined;
  platform: readonly string[];
  measure: readonly string[];
  samples?: number | undefined;
  dryRun?: true | undefined;
}

/** @param program how this program was started, for the nodes to do the same */
export async function fleetRun(
  options: FleetRunOptions,
  program: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  const scenario = applyOverrides(loadScenario(options.scenario, { cwd: context.cwd }), {
    platforms: [...options.platform],
    measures: [...options.measure],
    samples: options.samples ?? null,
    accel: null,
  });
  const blocks = planRun(scenario, 1).blocks.filter(({ isWarmup }) => !isWarmup).length;
  const runs = options.runsPerNode ?? 1;
  const nodes = chooseNodes(await slurmNodes(options.partition ?? null), {
    nodes: options.nodes ?? null,
    list: options.nodelist === undefined ? null : await expandNodes(options.nodelist),
    constraint: options.constraint ?? null,
  });
  const job: FleetJob = {
    fleetJobVersion: 1,
    scenario: scenario.name,
    program: [...program],
    args: [
      scenario.file,
      ...options.platform.flatMap((id) => ['--platform', id]),
      ...options.measure.flatMap((name) => ['--measure', name]),
      ...['--cache-dir', context.folders.cache],
    ],
    partition: options.partition ?? null,
    constraint: options.constraint ?? null,
    time: options.time ?? null,
    tasks: [],
  };
  const folder = folderOf(options.out, scenario.name, context.cwd);
  if (options.dryRun) return dryRun(job, nodes, { folder, blocks, runs }, context);
  await claim(folder);
  // By its real name: nodes may not have the links of this one.
  const real = await realpath(folder);
  for (const node of nodes) {
    context.signal.throwIfAborted();
    job.tasks.push(...(await submitTasks(job, real, { node, blocks, runs, insteadOf: null })));
    // After each: one that was submitted and is not written down could never be cancelled.
    await writeJob(real, job);
  }
  say(
    context,
    `${nodes.length} nodes, ${runs * nodes.length} runs of ${blocks} blocks; its folder is ${real}`,
  );
  return await followToReport(job, real, options, context);
}

export async function fleetAttach(
  options: Pick<FleetRunOptions, 'reporter' | 'json' | 'failOnInconclusive'> & {
    folder: string;
    cancel?: true | undefined;
  },
  context: CommandContext,
): Promise<ExitCode> {
  const folder = await realpath(resolve(context.cwd, options.folder)).catch(() => resolve(options.folder));
  const job = await readJob(folder);
  if (options.cancel !== true) return await followToReport(job, folder, options, context);
  // Slurm's signal lets each run clean up after itself.
  await cancel([...new Set(job.tasks.filter(({ lost }) => lost === null).map((task) => task.job))]);
  say(context, 'cancelled; each node cleans up, and what it had finished is in the folder');
  return exitCodes.done;
}

async function followToReport(
  job: FleetJob,
  folder: string,
  options: Pick<FleetRunOptions, 'reporter' | 'json' | 'failOnInconclusive'>,
  context: CommandContext,
): Promise<ExitCode> {
  try {
    await follow(job, {
      folder,
      context,
      show: (tasks) => {
        liveTable(tasks, context);
      },
    });
  } catch (error) {
    if (context.signal.aborted) {
      context.log.progress('');
      say(
        context,
        `the jobs go on: \`tare fleet attach ${folder}\` follows them, and with --cancel ends them`,
      );
    }
    throw error;
  }
  context.log.progress('');
  for (const line of summaryLines(job)) say(context, line);
  return await mergeCommand(
    { ...options, paths: [join(folder, 'runs')], out: folder, leaveOut: true },
    context,
  );
}

function dryRun(
  job: FleetJob,
  nodes: readonly SlurmNode[],
  { folder, blocks, runs }: { folder: string; blocks: number; runs: number },
  { stdout }: CommandContext,
): ExitCode {
  const { partition, constraint, time } = job;
  for (const node of nodes) {
    const batch = batchOf(job, folder, blocks, node);
    const words = batchOptions(batch, { node: node.name, runs, partition, constraint, time });
    stdout.write(`# sbatch ${words.join(' ')}\n${batchScript(batch)}\n`);
  }
  return exitCodes.done;
}

/** For a person who waits; data goes to stdout. */
function say({ stderr }: CommandContext, text: string): void {
  stderr.write(`${text}\n`);
}

function folderOf(out: string | undefined, scenario: string, cwd: string): string {
  if (out !== undefined) return resolve(cwd, out);
  return join(fleetsFolder(cwd), `${timeStamp(new Date())}-${scenario}`);
}

async function claim(folder: string): Promise<void> {
  await mkdir(join(folder, 'logs'), { recursive: true });
  await mkdir(join(folder, 'runs'), { recursive: true });
  const entries = (await readdir(folder)).filter((name) => name !== 'logs' && name !== 'runs');
  if (entries.length === 0 && (await readdir(join(folder, 'runs'))).length === 0) return;
  throw new TareError(
    `${folder} is not empty; \`tare fleet attach\` goes on with a fleet, a new one needs a new folder`,
    exitCodes.usage,
  );
}
