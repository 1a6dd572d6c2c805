/** `tare import`: samples that others have measured, as a run that can be reported, compared and checked. */
import { counted } from '../../record/figures.ts';
import { InvalidArgumentError, Option, type Command } from '@commander-js/extra-typings';
import { readFile, writeFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { loadGates } from '../../../scenarios/loader/load-gates.ts';
import { shownPath } from '../../../scenarios/loader/source.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import { gatherResults } from '../../import/gather-results.ts';
import { importedRecord } from '../../import/imported-record.ts';
import { readSamples } from '../../import/read-samples.ts';
import type { RecordedResult } from '../../record/schema.ts';
import { recordFile } from '../../store/find-run.ts';
import type { CommandTools } from '../commands.ts';
import { openEmptyFolder } from '../runs/jobs.ts';

export function define(command: Command, { act }: CommandTools): void {
  command
    .argument('<csv>', 'CSV with platform, metric, value; also: lens, unit, block, better')
    .addOption(new Option('--out <dir>', "the run's folder; it must be new or empty").makeOptionMandatory())
    .option('--name <name>', 'what the figures are of; those of one name can be compared', 'imported')
    .option('--gates <file>', 'a YAML file with `gates`, as in a scenario')
    .addOption(atOption)
    .action((csv, chosen) => act((context) => importCommand({ ...chosen, csv }, context)));
}

const atOption = new Option(
  '--at <time>',
  'when they were measured, ISO 8601 (default: now, the time of the import)',
).argParser((text: string) => {
  const time = new Date(text);
  if (Number.isNaN(time.getTime()))
    throw new InvalidArgumentError('It must be a time such as 2026-01-15T09:30:00Z.');
  return time.toISOString();
});

export interface ImportOptions {
  /** Path of the file. */
  csv: string;
  out: string;
  name: string;
  gates?: string | undefined;
  /** ISO 8601. */
  at?: string | undefined;
}

export async function importCommand(options: ImportOptions, context: CommandContext): Promise<ExitCode> {
  const { cwd } = context;
  const path = resolve(cwd, options.csv);
  const file = basename(path);
  const importedAt = new Date().toISOString();
  const startedAt = options.at ?? importedAt;
  const rows = readSamples(await readText(path, options.csv), shownPath(path, cwd));
  const results = gatherResults(rows, { path: shownPath(path, cwd), file, at: startedAt });
  const gates =
    options.gates === undefined ? [] : loadGates(resolve(cwd, options.gates), subjects(results, cwd));
  const folder = resolve(cwd, options.out);
  await openEmptyFolder(folder);
  const { name } = options;
  const record = importedRecord({ id: basename(folder), name, file, startedAt, importedAt, results, gates });
  await writeFile(join(folder, recordFile), `${JSON.stringify(record, null, 2)}\n`);
  const imported = `${counted(rows.length, 'sample')} of ${counted(results.length, 'figure')}`;
  context.stdout.write(`imported ${imported}: ${folder}\n`);
  return exitCodes.done;
}

/** What gates may name. */
function subjects(results: readonly RecordedResult[], cwd: string): Parameters<typeof loadGates>[1] {
  return {
    cwd,
    platforms: [...new Set(results.map(({ platform }) => platform))],
    // Nothing that is imported has virtual time (bench/import/units.ts).
    units: new Map(
      results.flatMap(({ metric, unit }) => (unit === 'virtual ms' ? [] : [[metric, unit] as const])),
    ),
  };
}

async function readText(path: string, shown: string): Promise<string> {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const reasons: Record<string, string> = {
      ENOENT: 'there is no such file',
      EISDIR: 'it is a folder; expected a CSV file',
      EACCES: 'you may not read it',
      ERR_ENCODING_INVALID_ENCODED_DATA: 'it is not text in UTF-8; save it as "CSV UTF-8"',
    };
    throw new TareError(`${shown}: ${reasons[code] ?? `it cannot be read (${code})`}`, exitCodes.usage);
  }
}
