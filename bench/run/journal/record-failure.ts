/** Puts a failure on record with its class, the last lines of its log, and the log's path. */
import { join, relative } from 'node:path';
import type { CommandContext } from '../../environment/context.ts';
import { InstanceFailure, StepError } from '../instance/failure.ts';
import type { Journal } from './journal.ts';
import { excerptOf } from './log-excerpt.ts';
import type { FailureCode } from '../../../runners/kinds.ts';

interface FailureInput {
  platform: string;
  measure: string;
  error: unknown;
  /** Class of an error that carries none. */
  fallbackCode: FailureCode;
  instance?: { id: string; block: number };
}

export async function recordFailure(
  run: { journal: Journal; options: { folder: string }; context: CommandContext },
  { platform, measure, error, fallbackCode, instance }: FailureInput,
): Promise<void> {
  const reason = error instanceof StepError ? error.cause : error;
  const code = reason instanceof InstanceFailure ? reason.code : fallbackCode;
  const message = reason instanceof Error ? reason.message : String(reason);
  const logs = instance ? join(run.options.folder, 'logs', instance.id) : null;
  const { file: log, lines } = logs === null ? { file: null, lines: [] } : await excerptOf(logs);
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
