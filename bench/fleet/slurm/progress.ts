/** How far a task has come: what Slurm says of it, and what its run has written so far. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { property } from '../../record/facts.ts';
import { journalFile, recordFile } from '../../store/find-run.ts';
import { logName } from './batch-script.ts';
import type { SlurmTask } from './cluster.ts';
import { runOfTask, type FleetTask } from './job-file.ts';

/** What a task's run has written. */
export interface Written {
  /** Blocks that count, of which every platform has a sample; the warm-up is none of them. */
  blocks: number;
  hasBegun: boolean;
  isDone: boolean;
  /** Exit code of its program; null: it has not ended, or could not write it. */
  exit: number | null;
  /** The last line of its log. */
  lastLine: string;
  /** How often it was begun again. */
  restarts: number;
}

export type TaskState =
  | { is: 'queued' | 'preparing' | 'measuring' | 'done' }
  | { is: 'sampling'; block: number }
  | { is: 'lost'; reason: string; canRunAgain: boolean };

/** States that Slurm gives up a task in; squeue(1). */
const givenUp: Readonly<Record<string, string>> = {
  NODE_FAIL: 'node down',
  BOOT_FAIL: 'node did not boot',
  PREEMPTED: 'preempted',
  TIMEOUT: 'time limit',
  DEADLINE: 'time limit',
  OUT_OF_MEMORY: 'out of memory',
  CANCELLED: 'cancelled',
};
/** What the comment of a task is where nodes share no file system; the batch script has them. */
export const nodeSays = { needsFiles: 'tare: send', runs: 'tare: run', hasEnded: /^tare: fetch (\d+)$/ };

/** Why a task that waits for one node will not get it. ReqNodeNotAvail is none: a node that is busy is not available either. */
const unreachable = /NodeDown|Nodes_required_for_job_are_DOWN|PartitionDown/i;

/** @param isNodeDown whether its node takes no jobs any more */
export function stateOf(slurm: SlurmTask | null, written: Written, isNodeDown = false): TaskState {
  if (written.isDone) return { is: 'done' };
  const lost = (reason: string, canRunAgain = true): TaskState => ({ is: 'lost', reason, canRunAgain });
  // A signal is Slurm's own way to end a task, whose state says why: requeued, at its time limit, preempted.
  const isSignalled = written.exit !== null && written.exit > 128;
  if (written.exit !== null && written.exit !== 0 && !isSignalled) return lost(...failure(written));
  if (slurm === null) {
    return isSignalled
      ? lost(...failure(written))
      : lost('Slurm has forgotten it, and its run has not ended');
  }
  if (slurm.state === 'PENDING') {
    // A task that is requeued waits for a while, for a reason of its own.
    return isNodeDown || unreachable.test(slurm.reason) ? lost('node down') : { is: 'queued' };
  }
  const reason = givenUp[slurm.state];
  if (reason !== undefined) return lost(reason, slurm.state !== 'CANCELLED');
  if (slurm.state === 'COMPLETED') return lost('it ended without a record');
  if (slurm.state === 'FAILED') return lost(...failure(written));
  // Nothing looks into a node that shares no file system while it measures.
  if (slurm.comment === nodeSays.runs) return { is: 'measuring' };
  return written.blocks > 0 || written.hasBegun
    ? { is: 'sampling', block: written.blocks + 1 }
    : { is: 'preparing' };
}

/** A machine that cannot do it says so; another mistake would be made on every node. */
function failure({ exit, lastLine }: Written): [reason: string, canRunAgain: boolean] {
  if (diskFull.test(lastLine)) return [failureText(lastLine), true];
  // A shell's way to say which signal ended a program; its last line then says nothing of that.
  if (exit !== null && exit > 128) return [`its program was killed (signal ${exit - 128})`, true];
  if (exit === 2) return [lastLine || 'a mistake in what was asked for', false];
  return [lastLine || `exit code ${exit ?? 'unknown'}`, true];
}

const diskFull = /no space left|ENOSPC|disk .*full/i;

/** @param text what a program has said of it, of which the last line counts */
export function failureText(text: string): string {
  const line = text.trim().split('\n').at(-1)?.trim() ?? '';
  return diskFull.test(line) ? `disk full: ${line}` : line;
}

export async function writtenBy(folder: string, task: FleetTask): Promise<Written> {
  const path = runOfTask(folder, task);
  const [journal, record, exit, log, restarts] = await Promise.all([
    readFile(join(path, journalFile), 'utf8').catch(() => ''),
    stat(join(path, recordFile)).catch(() => null),
    readFile(`${path}.exit`, 'utf8').catch(() => null),
    readFile(join(folder, 'logs', logName(task.node, task.job, task.task)), 'utf8').catch(() => ''),
    readFile(`${path}.restarts`, 'utf8').catch(() => '0'),
  ]);
  const text = exit?.trim() ?? '';
  const code = text === '' ? null : Number(text);
  const isWhole = record !== null && /"type":"finish",[^\n]*"aborted":false/.test(journal.slice(-2000));
  return {
    blocks: blocksIn(journal),
    hasBegun: journal.includes('"type":"step"'),
    // A gate that failed or a platform that did is no loss: the record has it.
    isDone: isWhole,
    exit: code,
    lastLine: log.trim().split('\n').at(-1) ?? '',
    restarts: Number(restarts) || 0,
  };
}

/** Blocks that every platform of the journal has taken a step of, without the warm-up. */
export function blocksIn(journal: string): number {
  const steps = new Map<string, Set<number>>();
  for (const line of journal.split('\n')) {
    if (!line.startsWith('{"type":"step"') && !line.startsWith('{"type":"platform"')) continue;
    let event: unknown;
    try {
      event = JSON.parse(line);
    } catch {
      continue;
    }
    const platform = property(event, 'platform');
    if (typeof platform === 'string') {
      const block = property(event, 'block');
      const has = steps.get(platform) ?? new Set<number>();
      if (typeof block === 'number' && block > 0) has.add(block);
      steps.set(platform, has);
    } else if (property(platform, 'skipped') === null) {
      const id = property(platform, 'id');
      if (typeof id === 'string' && !steps.has(id)) steps.set(id, new Set());
    }
  }
  const counts = [...steps.values()].map((blocks) => blocks.size);
  return counts.length === 0 ? 0 : Math.min(...counts);
}
