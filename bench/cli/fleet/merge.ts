/** `tare fleet merge`: records of many hosts become one, and are reported. */
import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fleetReporters } from '../../../reports/fleet/index.ts';
import { mergeRuns } from '../../analysis/fleet/merge.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { fleetFile, fleetPath, readFleet } from '../../fleet/read-fleet.ts';
import { readHostRuns } from '../../fleet/read-runs.ts';
import type { FleetIncident, FleetRecord } from '../../record/fleet.ts';
import {
  checkTargets,
  plainColumns,
  printReport,
  requestedTargets,
  writeTargets,
  type ReportTargets,
} from '../output/report-targets.ts';
import { fleetExitCode } from './verdict.ts';

export interface MergeCommandOptions {
  paths: readonly string[];
  out?: string | undefined;
  against?: string | undefined;
  leaveOut?: true | undefined;
  failOnInconclusive?: true | undefined;
  reporter: readonly string[];
  json?: true | undefined;
  /** What befell tasks, where a cluster ran them. */
  incidents?: readonly FleetIncident[];
}

export async function mergeCommand(options: MergeCommandOptions, context: CommandContext): Promise<ExitCode> {
  const targets = fleetTargets(options, context.cwd);
  if (options.out !== undefined) await mkdir(resolve(context.cwd, options.out), { recursive: true });
  await checkTargets(targets);
  const reference = await readReference(options.against, context.cwd);
  context.log.progress('reading records');
  const { runs, unreadable } = await readHostRuns(options.paths, context);
  const fleet = mergeRuns(runs, {
    leaveOut: options.leaveOut === true,
    unreadable,
    reference,
    ...(options.incidents && { incidents: options.incidents }),
  });
  await writeTargets(targets, fleet, context);
  printReport(targets, fleet, context, plainColumns);
  return fleetExitCode(fleet, { failOnInconclusive: options.failOnInconclusive === true });
}

/** @throws TareError (exit 2) where it is not the record of a fleet */
async function readReference(name: string | undefined, cwd: string): Promise<FleetRecord | null> {
  if (name === undefined) return null;
  const path = await fleetPath(name, cwd);
  if (path !== null) return await readFleet(path);
  throw new TareError(
    `--against ${name}: expected the record of a fleet, or a folder with a ${fleetFile}; \`tare fleet merge --out\` writes one`,
    exitCodes.usage,
  );
}

/** The files of a fleet's folder. */
const ownFiles = {
  json: fleetFile,
  html: 'report.html',
  markdown: 'report.md',
  csv: 'fleet.csv',
} as const;

/** What `--reporter` and `--json` ask for, and with `--out` the files of a fleet's folder. */
function fleetTargets(
  { out, reporter, json }: Pick<MergeCommandOptions, 'out' | 'reporter' | 'json'>,
  cwd: string,
): ReportTargets<FleetRecord> {
  const targets = requestedTargets({ reporter, json: json === true }, fleetReporters, cwd);
  if (out === undefined) return targets;
  const folder = resolve(cwd, out);
  const own = (Object.keys(ownFiles) as (keyof typeof ownFiles)[]).map(
    (name) => [join(folder, ownFiles[name]), fleetReporters[name]] as const,
  );
  return {
    ...targets,
    files: new Map([...own, ...targets.files]),
    page: targets.page ?? join(folder, ownFiles.html),
  };
}
