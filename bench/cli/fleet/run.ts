/** `tare fleet run` and `tare fleet attach`: one scenario on many nodes of a Slurm cluster, and its report. */
import { mkdir, readdir, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import { applyOverrides } from '../../../scenarios/loader/overrides.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import { openCache } from '../../environment/cache-folder.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { batchOptions, batchScript } from '../../fleet/slurm/batch-script.ts';
import { packBundle, removeBundle } from '../../fleet/slurm/broadcast.ts';
import { chooseNodes } from '../../fleet/slurm/choose-nodes.ts';
import { cancel, expandNodes, slurmNodes, type SlurmNode } from '../../fleet/slurm/cluster.ts';
import { batchOf, follow, submitTasks, type RunningFleet } from '../../fleet/slurm/follow.ts';
import { fleetFolders, incidentsOf, readJob, writeJob } from '../../fleet/slurm/job-file.ts';
import { counted } from '../../record/figures.ts';
import { planRun } from '../../run/plan.ts';
import { fleetsFolder } from '../../environment/paths.ts';
import { heaviest } from '../output/verdict.ts';
import { timeStamp } from '../runs/load-jobs.ts';
import { incidentText } from '../../../reports/fleet/wording.ts';
import { liveTable } from './live-table.ts';
import { mergeCommand, type MergeCommandOptions } from './merge.ts';

type ReportChoices = Pick<MergeCommandOptions, 'reporter' | 'json' | 'failOnInconclusive'>;

export interface FleetRunOptions extends ReportChoices {
  scenarios: readonly string[];
  nodes?: number | undefined;
  nodelist?: string | undefined;
  constraint?: string | undefined;
  partition?: string | undefined;
  time?: string | undefined;
  runsPerNode?: number | undefined;
  /** Brings what is needed to nodes that share no file system: to the usual folder, or to the one that is named. */
  broadcast?: true | string | undefined;
  platform: readonly string[];
  measure: readonly string[];
  samples?: number | undefined;
  out?: string | undefined;
  dryRun?: true | undefined;
}

/** A fleet that is about to be submitted. */
interface PlannedFleet extends RunningFleet {
  scenario: ResolvedScenario;
  /** Of each run. */
  blocks: number;
}

/** @param program how this program was started, for the nodes to do the same */
export async function fleetRun(
  options: FleetRunOptions,
  program: readonly string[],
  context: CommandContext,
): Promise<ExitCode> {
  checkReports(options, options.scenarios.length);
  const { folder, planned } = plan(options, program, context);
  const nodes = chooseNodes(await slurmNodes(options.partition ?? null), {
    nodes: options.nodes ?? null,
    list: options.nodelist === undefined ? null : await expandNodes(options.nodelist),
    constraint: options.constraint ?? null,
  });
  const runs = options.runsPerNode ?? 1;
  if (options.dryRun) return dryRun(planned, nodes, runs, context);
  const fleets: RunningFleet[] = [];
  for (const fleet of planned) fleets.push(await submitFleet(fleet, nodes, runs, context));
  return await followToReports(fleets, folder, options, context);
}

/** A fleet for each scenario, with the choices of the command line; several have a folder each inside one. */
function plan(
  options: FleetRunOptions,
  program: readonly string[],
  context: CommandContext,
): { folder: string; planned: PlannedFleet[] } {
  const scenarios = options.scenarios.map((name) =>
    applyOverrides(loadScenario(name, { cwd: context.cwd }), {
      platforms: [...options.platform],
      measures: [...options.measure],
      samples: options.samples ?? null,
      accel: null,
    }),
  );
  const twice = scenarios.find(
    ({ name }, index) => scenarios.findIndex((each) => each.name === name) < index,
  );
  if (twice) {
    throw new TareError(
      `two of the scenarios are named ${twice.name}; each has a folder of its name`,
      exitCodes.usage,
    );
  }
  const broadcast = broadcastFolder(options.broadcast);
  const jobs = scenarios.map((scenario) => ({
    scenario,
    blocks: planRun(scenario, 1).blocks.filter(({ isWarmup }) => !isWarmup).length,
    job: {
      fleetJobVersion: 1 as const,
      scenario: scenario.name,
      program: [...program],
      // What is brought holds the scenario with these choices.
      args:
        broadcast === null
          ? [
              scenario.file,
              ...options.platform.flatMap((id) => ['--platform', id]),
              ...options.measure.flatMap((name) => ['--measure', name]),
              ...['--cache-dir', context.folders.cache],
            ]
          : [],
      partition: options.partition ?? null,
      constraint: options.constraint ?? null,
      time: options.time ?? null,
      broadcast,
      tasks: [],
    },
  }));
  const isOne = jobs.length === 1;
  const name = isOne ? (jobs[0]?.job.scenario ?? '') : `${jobs.length}-scenarios`;
  const folder = folderOf(options.out, name, context.cwd);
  return {
    folder,
    planned: jobs.map((each) => ({ ...each, folder: isOne ? folder : join(folder, each.job.scenario) })),
  };
}

async function submitFleet(
  { job, folder, blocks, scenario }: PlannedFleet,
  nodes: readonly SlurmNode[],
  runs: number,
  context: CommandContext,
): Promise<RunningFleet> {
  await claim(folder);
  // By its real name: nodes may not have the links of this one.
  const real = await realpath(folder);
  if (typeof job.broadcast === 'string') {
    await openCache(context.folders.cache);
    await packBundle(scenario, real, context);
  }
  for (const node of nodes) {
    context.signal.throwIfAborted();
    job.tasks.push(...(await submitTasks(job, real, { node, blocks, runs, insteadOf: null })));
    // After each: one that was submitted and is not written down could never be cancelled.
    await writeJob(real, job);
  }
  say(
    context,
    `${job.scenario}: ${counted(nodes.length, 'node')}, ${counted(runs * nodes.length, 'run')} of ${counted(blocks, 'block')}; its folder is ${real}`,
  );
  return { job, folder: real };
}

export async function fleetAttach(
  options: ReportChoices & { folder: string; cancel?: true | undefined },
  context: CommandContext,
): Promise<ExitCode> {
  const folder = await realpath(resolve(context.cwd, options.folder)).catch(() =>
    resolve(context.cwd, options.folder),
  );
  const folders = await fleetFolders(folder);
  checkReports(options, folders.length);
  const fleets = await Promise.all(folders.map(async (each) => ({ job: await readJob(each), folder: each })));
  if (options.cancel !== true) return await followToReports(fleets, folder, options, context);
  const tasks = fleets.flatMap(({ job }) => job.tasks);
  // Slurm's signal lets each run clean up after itself.
  await cancel([...new Set(tasks.filter(({ lost }) => lost === null).map((task) => task.job))]);
  say(
    context,
    'cancelled; each node cleans up. `tare fleet attach` without --cancel reports what was finished',
  );
  return exitCodes.done;
}

/** As `tare run` has it. */
function checkReports({ reporter, json }: ReportChoices, fleets: number): void {
  if (fleets < 2 || !(json || reporter.some((request) => request.includes('=')))) return;
  throw new TareError(
    'with several scenarios, --json and a reporter with a path would hold the last one only; each fleet has its reports in its folder',
    exitCodes.usage,
  );
}

/** @param folder of all fleets, to attach to */
async function followToReports(
  fleets: readonly RunningFleet[],
  folder: string,
  options: ReportChoices,
  context: CommandContext,
): Promise<ExitCode> {
  try {
    await follow(fleets, context, (tasks) => {
      liveTable(tasks, context);
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
  for (const each of fleets) await removeBundle(each.folder);
  const codes: ExitCode[] = [];
  for (const fleet of fleets) {
    for (const incident of incidentsOf(fleet.job)) say(context, incidentText(incident));
    codes.push(await report(fleet, options, context, fleets.length > 1));
  }
  return heaviest(codes);
}

/** @param hasOthers one fleet without any record does not keep the others from their reports */
async function report(
  { job, folder }: RunningFleet,
  options: ReportChoices,
  context: CommandContext,
  hasOthers: boolean,
): Promise<ExitCode> {
  try {
    return await mergeCommand(
      {
        ...options,
        paths: [join(folder, 'runs')],
        out: folder,
        leaveOut: true,
        incidents: incidentsOf(job),
      },
      context,
    );
  } catch (error) {
    if (!hasOthers || !(error instanceof TareError)) throw error;
    say(context, `${job.scenario}: ${error.message}`);
    return error.exitCode;
  }
}

function dryRun(
  fleets: readonly PlannedFleet[],
  nodes: readonly SlurmNode[],
  runs: number,
  { stdout }: CommandContext,
): ExitCode {
  for (const { job, folder, blocks } of fleets) {
    const { partition, constraint, time } = job;
    for (const node of nodes) {
      const batch = batchOf(job, folder, blocks, node);
      const words = batchOptions(batch, { node: node.name, runs, partition, constraint, time });
      stdout.write(`# sbatch ${words.join(' ')}\n${batchScript(batch)}\n`);
    }
  }
  return exitCodes.done;
}

/** For a person who waits; data goes to stdout. */
function say({ stderr }: CommandContext, text: string): void {
  stderr.write(`${text}\n`);
}

/** On the nodes: a folder that every Linux has, and that outlives a reboot. */
const usualBroadcastFolder = '/var/tmp';

/** @throws TareError for a path that neither a script nor Slurm's patterns of file names take as it is */
function broadcastFolder(chosen: FleetRunOptions['broadcast']): string | null {
  if (chosen === undefined) return null;
  if (chosen === true) return usualBroadcastFolder;
  if (/^(?:\/[\w@+=:,.-]+)+$/.test(chosen)) return chosen;
  throw new TareError(
    `--broadcast ${chosen}: expected the absolute path of a folder that each node has, such as --broadcast=${usualBroadcastFolder}`,
    exitCodes.usage,
  );
}

function folderOf(out: string | undefined, name: string, cwd: string): string {
  if (out !== undefined) return resolve(cwd, out);
  return join(fleetsFolder(cwd), `${timeStamp(new Date())}-${name}`);
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
