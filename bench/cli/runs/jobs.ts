/** Runs of scenarios one after the other: their folders, their reports, and one exit code for all. */
import { mkdir, readdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import { openCache } from '../../environment/cache-folder.ts';
import { commitOf } from '../../environment/commit.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { refuseForeignLinks } from '../../environment/private-folder.ts';
import type { RunRecord } from '../../record/schema.ts';
import type { RunScenario } from '../../run/run.ts';
import {
  checkTargets,
  printReport,
  reportTargets,
  writeTargets,
  type ReportTargets,
} from '../output/report-targets.ts';
import { openLiveTable } from '../output/live-table.ts';
import { exitCodeOf, heaviest } from '../output/verdict.ts';

/** The real one. It brings every runner along, so it is loaded only when something is to be run. */
export const suite: RunScenario = async (...args) => (await import('../../run/suite.ts')).runSuite(...args);

/** One run to be done. */
export interface Job {
  scenario: ResolvedScenario;
  seed: number;
  /** Absolute. */
  folder: string;
  /** `chosen` by the person and must be empty, `usual` and may get a number, or `resumed` and there already. */
  origin: 'chosen' | 'usual' | 'resumed';
}

export interface JobOptions {
  reporter: readonly string[];
  json?: true | undefined;
  failOnInconclusive?: true | undefined;
}

/** A job whose folder is there and whose reports can be written. */
export interface PreparedJob {
  job: Job;
  targets: ReportTargets;
}

/** Runs every job, reports each, and returns the exit code for all. */
export async function runJobs(
  jobs: readonly Job[],
  options: JobOptions,
  context: CommandContext,
  runScenario: RunScenario,
): Promise<ExitCode> {
  if (jobs.length > 1 && (options.json || options.reporter.some((request) => request.includes('=')))) {
    throw new TareError(
      'with several scenarios, --json and a reporter with a path would hold the last one only; run them one by one',
      exitCodes.usage,
    );
  }
  const codes: ExitCode[] = [];
  const suites = new Map<string, RunRecord[]>();
  for (const { job, targets } of await prepareJobs(jobs, options, context)) {
    context.signal.throwIfAborted();
    try {
      const record = await runJob(job, targets, context, runScenario);
      codes.push(exitCodeOf(record, { failOnInconclusive: options.failOnInconclusive === true }));
      const { suite: name } = job.scenario;
      if (name !== undefined) suites.set(name, [...(suites.get(name) ?? []), record]);
    } catch (error) {
      // What one scenario cannot do must not keep the others from running.
      if (!(error instanceof TareError) || jobs.length === 1) throw error;
      context.log.warn(`${job.scenario.name}: ${error.message}`);
      codes.push(error.exitCode);
    }
  }
  if (suites.size > 0) {
    const { suiteTable } = await import('../../../reports/comparison/suite-table.ts');
    for (const [name, records] of suites) context.stdout.write(`\n${suiteTable(name, records)}`);
  }
  return heaviest(codes);
}

/** Finds everything that can be wrong before anything is made, and before the first run costs an hour. */
export async function prepareJobs(
  jobs: readonly Job[],
  options: Pick<JobOptions, 'reporter' | 'json'>,
  context: CommandContext,
): Promise<PreparedJob[]> {
  const targetsOf = ({ folder }: Job): ReportTargets =>
    reportTargets({ folder, reporter: options.reporter, json: options.json === true }, context.cwd);
  jobs.forEach(targetsOf);
  await openCache(context.folders.cache);
  const prepared: PreparedJob[] = [];
  for (const planned of jobs) {
    const job = { ...planned, folder: await openRunFolder(planned) };
    const targets = targetsOf(job);
    await checkTargets(targets);
    prepared.push({ job, targets });
  }
  return prepared;
}

async function runJob(
  { scenario, seed, folder }: Job,
  targets: ReportTargets,
  context: CommandContext,
  runScenario: RunScenario,
): Promise<RunRecord> {
  context.log.progress(`${scenario.name}: results go to ${folder}`);
  const commit = await commitOf(context);
  const table = await openLiveTable(folder, scenario, context);
  const record = await runScenario(
    scenario,
    { folder, seed, commit, ...(table && { onEvent: table.take }) },
    context,
  ).finally(() => context.live?.([]));
  try {
    await writeTargets(targets, record, context);
  } finally {
    // A file that cannot be written does not keep from showing what was measured.
    printReport(targets, record, context);
  }
  if (context.signal.aborted) {
    context.stderr.write(`interrupted; ${wayOn(record, folder)}\n`);
  }
  context.signal.throwIfAborted();
  return record;
}

function wayOn({ lab }: RunRecord, folder: string): string {
  if (lab?.clock === 'virtual')
    return `a run in virtual time cannot be continued; what it has is in ${folder}`;
  return `go on with: tare ${lab ? 'lab ' : ''}run --resume ${folder}`;
}

/** Makes the run's folder. @returns its path, which has a number where another run began in the same second */
async function openRunFolder({ folder, origin }: Job): Promise<string> {
  if (origin !== 'chosen') await refuseForeignLinks(folder);
  if (origin === 'resumed') return folder;
  await mkdir(dirname(folder), { recursive: true });
  if (origin === 'usual') return await makeFreeFolder(folder);
  await openEmptyFolder(folder);
  return folder;
}

/** @throws TareError (exit 2) where something is in it, or where another user's link leads to it */
export async function openEmptyFolder(folder: string): Promise<void> {
  await refuseForeignLinks(folder);
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new TareError(
      `${folder} is not empty; choose another --out, or resume a killed run with --resume`,
      exitCodes.usage,
    );
  }
}

async function makeFreeFolder(folder: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const path = number === 1 ? folder : `${folder}-${number}`;
    try {
      // Fails where the folder is there already, so that two runs never share one.
      await mkdir(path);
      return path;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}
