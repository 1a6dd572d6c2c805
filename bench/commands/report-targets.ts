/** Which reports go where: the files that every run writes, what `--reporter` asks for, and what stdout gets. */
import { access, constants, lstat, mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { CommandContext } from '../context.ts';
import { exitCodes, TareError } from '../errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { reporters } from '../../reports/index.ts';
import type { Reporter } from '../../reports/reporter.ts';
import { didYouMean } from '../../scenarios/suggest.ts';
import { recordFile } from './find-run.ts';

/** A file's width: nobody knows where it will be read. */
const fileColumns = 100;

/** Width for tables and sentences on what is no terminal. */
export const plainColumns = 120;

/** The record itself is offered beside the reports under this name. */
export const recordReporter: Reporter = {
  description: 'the record itself, JSON',
  file: null,
  render: (record) => `${JSON.stringify(record, null, 2)}\n`,
};

export interface ReportTargets {
  /** Reports by the absolute path they are written to. */
  files: Map<string, Reporter>;
  /** What stdout gets at the end. */
  stdout: Reporter;
  /** Where a person finds the report to look at; null where none is written. */
  page: string | null;
}

export interface TargetOptions {
  /** The run's folder. */
  folder: string;
  /** `NAME`, `NAME=PATH`, `NAME=-`. */
  reporter: readonly string[];
  json: boolean;
}

/** @throws TareError (exit 2) for an unknown reporter or a second one on stdout */
export function reportTargets({ folder, reporter, json }: TargetOptions, cwd: string): ReportTargets {
  const known: Record<string, Reporter> = { ...reporters, json: recordReporter };
  const files = new Map<string, Reporter>();
  const printed: Reporter[] = json ? [recordReporter] : [];
  for (const each of Object.values(known)) if (each.file !== null) files.set(join(folder, each.file), each);
  for (const request of reporter) {
    const [name, path] = splitOnce(request);
    const found = known[name];
    if (!found) {
      throw new TareError(
        `unknown reporter "${name}"${didYouMean(name, Object.keys(known))}`,
        exitCodes.usage,
      );
    }
    if (path === '') throw new TareError(`--reporter ${request}: the path is missing`, exitCodes.usage);
    if (path === '-' || (path === undefined && found.file === null)) printed.push(found);
    else if (path !== undefined) files.set(resolve(cwd, path), found);
  }
  if (printed.length > 1) {
    throw new TareError(
      'only one report can go to stdout (--json counts as one); give the others a path: --reporter NAME=PATH',
      exitCodes.usage,
    );
  }
  if (files.has(join(folder, recordFile))) {
    throw new TareError(
      `${recordFile} in the run's folder is the record; choose another path`,
      exitCodes.usage,
    );
  }
  const page = [...files].find(([, each]) => each === reporters.html)?.[0] ?? null;
  return { files, stdout: printed[0] ?? reporters.terminal, page };
}

/** Finds out at the start whether each file can be written, so that a wrong path does not cost a run. */
export async function checkTargets({ files }: ReportTargets): Promise<void> {
  for (const path of files.keys()) {
    try {
      await mkdir(dirname(path), { recursive: true });
      const there = await stat(path).catch(() => null);
      if (there?.isDirectory()) throw new Error('it is a folder');
      await access(there ? path : dirname(path), constants.W_OK);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TareError(`the report ${path} cannot be written: ${reason}`, exitCodes.usage, {
        cause: error,
      });
    }
  }
}

/** Writes each file whole or not at all, so that a reader never sees half a report. */
export async function writeTargets({ files }: ReportTargets, record: RunRecord): Promise<void> {
  for (const [path, reporter] of files) {
    const text = reporter.render(record, { columns: fileColumns, colour: false });
    if (text === '') continue;
    const there = await lstat(path).catch(() => null);
    if (there && !there.isFile()) {
      // A device, a pipe or a link must stay what it is: renaming over /dev/null would replace it.
      await writeFile(path, text);
      continue;
    }
    await writeFile(`${path}.new`, text);
    await rename(`${path}.new`, path);
  }
}

/** Prints what stdout gets, and says on stderr where the page is. */
export function printReport(targets: ReportTargets, record: RunRecord, context: CommandContext): void {
  context.log.progress('');
  const { columns, colour } = context;
  context.stdout.write(targets.stdout.render(record, { columns: columns ?? fileColumns, colour }));
  if (targets.page !== null) context.stderr.write(`report: ${targets.page}\n`);
}

function splitOnce(request: string): [string, string | undefined] {
  const at = request.indexOf('=');
  return at === -1 ? [request, undefined] : [request.slice(0, at), request.slice(at + 1)];
}
