/** Which reports go where: the files that every run writes, what `--reporter` asks for, and what stdout gets. */
import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { CommandContext } from '../../environment/context.ts';
import { cannotWrite } from '../../environment/cannot-write.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';
import type { RunRecord } from '../../record/schema.ts';
import { reporters } from '../../../reports/index.ts';
import { jsonReporter } from '../../../reports/json.ts';
import type { Reporter } from '../../../reports/reporter.ts';
import { didYouMean } from '../../../scenarios/loader/suggest.ts';
import { writeWhole } from '../../environment/write-whole.ts';
import { recordFile } from '../../store/find-run.ts';
import { drawPictures, requireBrowser } from './draw-pictures.ts';

/** A file's width: nobody knows where it will be read. */
const fileColumns = 100;

/** Width for tables and sentences on what is no terminal. */
export const plainColumns = 120;

/** The record itself is offered beside the reports under this name. */
export const recordReporter: Reporter = jsonReporter('the record itself, JSON');

export interface ReportTargets<Subject = RunRecord> {
  /** Reports by the absolute path they are written to. */
  files: Map<string, Reporter<Subject>>;
  /** What stdout gets at the end. */
  stdout: Reporter<Subject>;
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
export function reportTargets(options: TargetOptions, cwd: string): ReportTargets {
  const targets = folderTargets(options, { ...reporters, json: recordReporter }, cwd);
  if (targets.files.has(join(options.folder, recordFile))) {
    throw new TareError(
      `${recordFile} in the run's folder is the record; choose another path`,
      exitCodes.usage,
    );
  }
  return targets;
}

/**
 * The files that every reporter has in a folder, and what `--reporter` and `--json` ask for.
 *
 * @throws TareError (exit 2) for an unknown reporter or a second one on stdout
 */
export function folderTargets<Subject>(
  { folder, reporter, json }: TargetOptions,
  known: Reporters<Subject>,
  cwd: string,
): ReportTargets<Subject> {
  const targets = requestedTargets({ reporter, json, folder }, known, cwd);
  const own = Object.values<Reporter<Subject>>(known).flatMap((each): [string, Reporter<Subject>][] =>
    each.file === null ? [] : [[join(folder, each.file), each]],
  );
  const files = new Map([...own, ...targets.files]);
  return { ...targets, files, page: pageOf(files, known.html) };
}

/** Reporters of one kind of subject; these three every kind has. */
type Reporters<Subject> = Record<'terminal' | 'html' | 'json', Reporter<Subject>>;

/**
 * Only what `--reporter` and `--json` ask for.
 *
 * @throws TareError (exit 2) for an unknown reporter or a second one on stdout
 */
export function requestedTargets<Subject>(
  { reporter, json, folder }: Omit<TargetOptions, 'folder'> & { folder?: string },
  reporters: Reporters<Subject>,
  cwd: string,
): ReportTargets<Subject> {
  const known: Record<string, Reporter<Subject>> = reporters;
  const files = new Map<string, Reporter<Subject>>();
  const printed = json ? [reporters.json] : [];
  for (const request of reporter) {
    const [name, path] = splitOnce(request);
    const found = known[name];
    if (!found) {
      throw new TareError(
        `unknown reporter "${name}"${didYouMean(name, Object.keys(known))}`,
        exitCodes.usage,
      );
    }
    if (found.pictures) {
      files.set(picturesPath(request, path, folder, cwd), found);
      continue;
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
  return { files, stdout: printed[0] ?? reporters.terminal, page: pageOf(files, reporters.html) };
}

/** Pictures cannot be told from each other on stdout. */
function picturesPath(
  request: string,
  path: string | undefined,
  folder: string | undefined,
  cwd: string,
): string {
  if (path === undefined && folder !== undefined) return join(folder, 'charts');
  if (path === undefined || path === '' || path === '-') {
    throw new TareError(
      `--reporter ${request}: pictures go to files; name a folder, or one picture: png=charts, png=startup.png`,
      exitCodes.usage,
    );
  }
  return resolve(cwd, path);
}

function pageOf<Subject>(
  files: ReadonlyMap<string, Reporter<Subject>>,
  html: Reporter<Subject>,
): string | null {
  return [...files].find(([, each]) => each === html)?.[0] ?? null;
}

/** Targets of reports that are rendered again from a run's record: in its folder, unless another is named. */
export async function openTargets(
  runFolder: string,
  options: { out?: string | undefined; reporter: readonly string[]; json?: true | undefined },
  cwd: string,
): Promise<ReportTargets> {
  const folder = options.out === undefined ? runFolder : resolve(cwd, options.out);
  const targets = reportTargets({ folder, reporter: options.reporter, json: options.json === true }, cwd);
  await mkdir(folder, { recursive: true });
  await checkTargets(targets);
  return targets;
}

/** Finds out at the start whether each file can be written, so that a wrong path does not cost a run. */
export async function checkTargets<Subject>({ files }: ReportTargets<Subject>): Promise<void> {
  for (const [path, { pictures }] of files) {
    if (pictures) await requireBrowser();
    try {
      await mkdir(dirname(path), { recursive: true });
      const there = await stat(path).catch(() => null);
      if (there?.isDirectory() && !pictures) throw new Error('it is a folder');
      await access(there ? path : dirname(path), constants.W_OK);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new TareError(`the report ${path} cannot be written: ${reason}`, exitCodes.usage, {
        cause: error,
      });
    }
  }
}

/**
 * Writes each file whole or not at all, so that a reader never sees half a report.
 *
 * @throws TareError for the first that could not be written, once all others are
 */
export async function writeTargets<Subject>(
  { files }: ReportTargets<Subject>,
  subject: Subject,
  context: Pick<CommandContext, 'folders' | 'log'>,
): Promise<void> {
  let failure: TareError | null = null;
  for (const [path, reporter] of files) {
    try {
      if (reporter.pictures) {
        await drawPictures(path, reporter.pictures(subject), context);
        continue;
      }
      const text = reporter.render(subject, { columns: fileColumns, colour: false });
      if (text !== '') await writeWhole(path, text);
    } catch (error) {
      if (error instanceof TareError) {
        failure ??= error;
        continue;
      }
      failure ??= cannotWrite(
        path,
        error,
        'the record is whole: once that is mended, tare report renders it',
      );
    }
  }
  // Only now: one that cannot be written must not keep the others from being there.
  if (failure !== null) throw failure;
}

/**
 * Prints what stdout gets, and says on stderr where the page is.
 *
 * @param plain width on what is not a terminal
 */
export function printReport<Subject>(
  targets: ReportTargets<Subject>,
  subject: Subject,
  context: CommandContext,
  plain = fileColumns,
): void {
  context.log.progress('');
  const { columns, show, colour } = context;
  context.stdout.write(targets.stdout.render(subject, { columns: columns ?? plain, show, colour }));
  if (targets.page !== null) context.stderr.write(`report: ${targets.page}\n`);
}

function splitOnce(request: string): [string, string | undefined] {
  const at = request.indexOf('=');
  return at === -1 ? [request, undefined] : [request.slice(0, at), request.slice(at + 1)];
}
