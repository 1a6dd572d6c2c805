/** Reads a record back, and says clearly when it is none or not one that this version understands. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { exitCodes, TareError } from '../environment/errors.ts';
import { recordSchema, schemaVersion, type RunRecord } from '../record/schema.ts';

const shownMistakes = 5;

/** Reads a file; fails as Node's own function does. */
export type ReadFile = (path: string) => Promise<Buffer>;

/** @throws TareError (exit 2) */
export async function readRecord(path: string, from: ReadFile = readFile): Promise<RunRecord> {
  const content = await readJson(path, from);
  checkRecord(content, recordSchema, path);
  // As it was written, and not the parser's copy: the order of keys is kept, so that reports come out the same.
  return content as RunRecord;
}

/**
 * @param schema of the whole record, or of the part that is wanted of it
 * @returns the parser's copy
 * @throws TareError (exit 2)
 */
export function checkRecord<T>(content: unknown, schema: z.ZodType<T>, path: string): T {
  const version = versionOf(content);
  if (version !== schemaVersion) {
    throw wrong(
      path,
      version === null
        ? 'this is not a record of tare (it has no schemaVersion)'
        : `it has schemaVersion ${version}, and this version of tare reads ${schemaVersion}; ` +
            'render it with the version that wrote it (run.tareVersion)',
    );
  }
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const { issues } = result.error;
  const lines = issues
    .slice(0, shownMistakes)
    .map((issue) => `\n  ${issue.path.join('.') || 'record'}: ${issue.message}`);
  const more = issues.length > shownMistakes ? `\n  and ${issues.length - shownMistakes} more` : '';
  throw wrong(path, `this is not a whole record:${lines.join('')}${more}`);
}

/** @throws TareError (exit 2) where there is no file, or no JSON in it */
export async function readJson(path: string, from: ReadFile = readFile): Promise<unknown> {
  const text = await read(path, from);
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw wrong(path, `this is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

async function read(path: string, from: ReadFile): Promise<string> {
  try {
    return (await from(path)).toString();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw wrong(path, 'there is no such file; a killed run writes it once it is resumed (tare run --resume)');
  }
}

function versionOf(content: unknown): string | number | null {
  if (typeof content !== 'object' || content === null || !('schemaVersion' in content)) return null;
  const version = content.schemaVersion;
  return typeof version === 'number' ? version : JSON.stringify(version);
}

function wrong(path: string, what: string): TareError {
  return new TareError(`${path}: ${what}`, exitCodes.usage);
}
