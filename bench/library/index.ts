/**
 * Tare as a library: what `import { … } from 'tare'` gives. The same work as the commands, without the terminal: options
 * instead of flags, errors instead of exit codes. What users see of it is in api.ts.
 */
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { withSystemFolders } from '../../runners/machine/programs.ts';
import { compareRuns } from '../analysis/compare-runs/compare-runs.ts';
import { prepareJobs, suite } from '../cli/runs/jobs.ts';
import { loadJobs, newSeed } from '../cli/runs/load-jobs.ts';
import { writeTargets } from '../cli/output/report-targets.ts';
import { commitOf } from '../environment/commit.ts';
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { userFolders } from '../environment/paths.ts';
import { readRun } from '../run/journal/stored-run.ts';
import { findRun } from '../store/find-run.ts';
import { verifyRecord } from '../store/verify-record.ts';
import type * as api from './api.ts';

export { KnownError } from '../../scenarios/known-error.ts';
export { findResult } from '../record/queries.ts';

export const runScenario: typeof api.runScenario = async (nameOrPath, options = {}) => {
  // Debian's `su`, and users other than root, have a PATH without the folders of mke2fs and the like.
  process.env['PATH'] = withSystemFolders(process.env['PATH']);
  const context = contextOf(options);
  const { platforms = [], measures = [], samples = null, seed = newSeed(), accel, out } = options;
  const asked = {
    scenarios: [nameOrPath],
    platform: platforms,
    measure: measures,
    samples,
    seed,
    suffix: '',
  };
  const jobs = loadJobs({ ...asked, accel, out }, context);
  if (jobs.length > 1) {
    const names = jobs.map(({ scenario }) => scenario.workload.name).join(', ');
    throw new TareError(
      `${nameOrPath} has several workloads (${names}); run a scenario with one`,
      exitCodes.usage,
    );
  }
  const [prepared] = await prepareJobs(jobs, { reporter: [] }, context);
  if (!prepared) throw new Error('a scenario is one job');
  const { scenario, folder } = prepared.job;
  const record = await suite(scenario, { folder, seed, commit: await commitOf(context) }, context);
  await writeTargets(prepared.targets, record, context);
  context.signal.throwIfAborted();
  return record;
};

export const readRecord: typeof api.readRecord = async (run, { cwd = '.' } = {}) =>
  readRun(await findRun(run, resolve(cwd)));

export const compareRecords: typeof api.compareRecords = (
  reference,
  run,
  { platforms = [], measures = [], force = false } = {},
) => {
  for (const record of [reference, run]) verifyRecord(record);
  return compareRuns(reference, [run], { platforms, measures, force });
};

/** A run without a terminal: what a command would print goes nowhere, since the caller has the record. */
function contextOf({
  cwd = '.',
  cacheDir,
  signal,
  onProgress,
  onWarning,
}: api.RunScenarioOptions): CommandContext {
  const { env } = process;
  const folder = resolve(cwd);
  const nothing = (): void => undefined;
  return {
    stdin: Readable.from([]),
    stdout: nowhere(),
    stderr: nowhere(),
    env,
    cwd: folder,
    signal: signal ?? new AbortController().signal,
    log: {
      // An empty line only clears a terminal's.
      progress: (message) => {
        if (message !== '') onProgress?.(message);
      },
      debug: nothing,
      warn: onWarning ?? nothing,
    },
    folders: userFolders({
      env,
      home: homedir(),
      uid: process.getuid?.() ?? 0,
      cacheDir: cacheDir === undefined ? null : resolve(folder, cacheDir),
    }),
    live: null,
    columns: null,
    show: null,
    colour: false,
  };
}

function nowhere(): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done();
    },
  });
}
