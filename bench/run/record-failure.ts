/** Puts a failure on record with its class, the last lines of its log, and the log's path. */
import { readFile, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { CommandContext } from '../environment/context.ts';
import { InstanceFailure, StepError } from './failure.ts';
import type { Journal } from './journal.ts';
import type { FailureCode } from '../../runners/words.ts';

interface FailureInput {
  platform: string;
  measure: string;
  error: unknown;
  /** Class of an error that carries none. */
  fallbackCode: FailureCode;
  instance?: { id: string; block: number };
}

const keptLines = 15;

export async function recordFailure(
  run: { journal: Journal; options: { folder: string }; context: CommandContext },
  { platform, measure, error, fallbackCode, instance }: FailureInput,
): Promise<void> {
  const reason = error instanceof StepError ? error.cause : error;
  const code = reason instanceof InstanceFailure ? reason.code : fallbackCode;
  const message = reason instanceof Error ? reason.message : String(reason);
  const log = instance ? await findLog(join(run.options.folder, 'logs', instance.id)) : null;
  const lines = log === null ? [] : await lastLines(log);
  run.context.log.warn(`${instance?.id ?? platform}: ${code}: ${message}`);
  await run.journal.write({
    type: 'failure',
    failure: {
      platform,
      measure: error instanceof StepError ? error.measure : measure,
      instance: instance?.id ?? null,
      block: instance?.block ?? null,
      code,
      message,
      lines,
      log: log === null ? null : relative(run.options.folder, log),
    },
  });
}

/** The largest log of the instance: its output, or its console. */
async function findLog(folder: string): Promise<string | null> {
  const names = await readdir(folder).catch(() => []);
  const files = await Promise.all(
    names.map(async (name) => ({
      file: join(folder, name),
      text: await readFile(join(folder, name), 'utf8').catch(() => ''),
    })),
  );
  return files.sort((a, b) => b.text.length - a.text.length)[0]?.file ?? null;
}

async function lastLines(file: string): Promise<string[]> {
  const text = await readFile(file, 'utf8').catch(() => '');
  return text
    .trimEnd()
    .split('\n')
    .slice(-keptLines)
    .filter((line) => line !== '');
}
