/** Finds what a check compares with: a reference file, a folder of them, or another run. */
import { readdir, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { findRun, isRun, type FoundRun } from './find-run.ts';
import { readJson, readRecord } from './read-record.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { referenceFileName } from './host-class.ts';
import { recordOf, referenceSchema, referenceVersion, type Reference } from './reference.ts';
import { readSelfTest } from './self-test-file.ts';
import type { SelfTest } from './self-test-record.ts';

/** Where reference files are kept unless the command line says otherwise. */
const usualFolder = 'tare-references';

export interface FoundReference {
  record: RunRecord;
  selfTest: SelfTest | null;
  /** The run's folder, absolute; null for a reference file. */
  folder: string | null;
}

/**
 * @param against as given on the command line; undefined: the usual folder
 * @param readRun reads a run's record
 * @returns null where nothing was given and nothing lies at the usual place
 * @throws TareError (exit 2) where what was given is not there or cannot be read
 */
export async function findReference(
  against: string | undefined,
  record: RunRecord,
  cwd: string,
  readRun: (run: FoundRun) => Promise<RunRecord> = ({ record: file }) => readRecord(file),
): Promise<FoundReference | null> {
  const path = await referencePath(against, record, cwd);
  if (path !== null) {
    const there = await stat(path).catch(() => null);
    if (there?.isFile()) return await readReferenceFile(path);
    if (against === undefined) return null;
    const folder = resolve(cwd, against);
    if (folder !== path) throw await noneOfThisClass(folder, path);
  }
  const run = await findReferenceRun(against ?? '', cwd);
  const selfTest = await readSelfTest(run.folder);
  return { record: await readRun(run), selfTest, folder: run.folder };
}

async function findReferenceRun(against: string, cwd: string): Promise<FoundRun> {
  try {
    return await findRun(against, cwd);
  } catch (error) {
    if (!(error instanceof TareError)) throw error;
    throw new TareError(
      `--against ${against}: there is no such reference file, no such folder of them, and ${error.message}`,
      error.exitCode,
      { cause: error },
    );
  }
}

/** @returns path of the reference file that is meant, which may not be there yet; null where a run is meant */
export async function referencePath(
  against: string | undefined,
  record: RunRecord,
  cwd: string,
): Promise<string | null> {
  const path = resolve(cwd, against ?? usualFolder);
  const there = await stat(path).catch(() => null);
  if (there?.isDirectory()) return (await isRun(path)) ? null : join(path, referenceFileName(record));
  if (against === undefined) return join(path, referenceFileName(record));
  return there?.isFile() || against.endsWith('.json') ? path : null;
}

async function readReferenceFile(path: string): Promise<FoundReference> {
  const content = await readJson(path);
  if (!isReference(content)) return { record: await readRecord(path), selfTest: null, folder: null };
  const reference = checkReference(content, path);
  return { record: recordOf(reference), selfTest: reference.selfTest, folder: null };
}

export function isReference(content: unknown): content is { referenceVersion: unknown } {
  return typeof content === 'object' && content !== null && 'referenceVersion' in content;
}

/** @throws TareError (exit 2) */
export function checkReference(content: { referenceVersion: unknown }, path: string): Reference {
  if (content.referenceVersion !== referenceVersion) {
    throw wrong(
      path,
      `it has referenceVersion ${JSON.stringify(content.referenceVersion)}, and this version of tare reads ` +
        `${referenceVersion}; write it anew with tare check --update`,
    );
  }
  const result = referenceSchema.safeParse(content);
  if (result.success) return result.data;
  const lines = result.error.issues
    .slice(0, 5)
    .map(({ path: where, message }) => `\n  ${where.join('.') || 'reference'}: ${message}`);
  throw wrong(path, `this is not a whole reference:${lines.join('')}`);
}

async function noneOfThisClass(folder: string, path: string): Promise<TareError> {
  const others = (await readdir(folder)).filter((name) => name.endsWith('.json'));
  const has = others.length === 0 ? 'it is empty' : `it has ${others.join(', ')}`;
  return wrong(
    path,
    `no reference of this scenario and class of machine in ${folder} (${has}); make one with --update`,
  );
}

function wrong(path: string, what: string): TareError {
  return new TareError(`${path}: ${what}`, exitCodes.usage);
}
