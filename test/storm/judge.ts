/** What a command may end with, and what its journal and record must agree on. Pure. */
import type { RunRecord } from '../../bench/record/schema.ts';
import type { Blow, Command } from './moment.ts';

export interface Exit {
  code: number | null;
  signal: string | null;
}

/** Null: as documented (docs/cli.md). */
export function exitFinding(blow: Blow, exit: Exit, stderr: string): string | null {
  const found = exit.signal ?? String(exit.code);
  const allowed = exitsAfter(blow);
  if (!allowed.includes(found)) return `ended with ${found}, not with ${allowed.join(' or ')}`;
  if (/This is a bug in tare|^ {4}at /m.test(stderr)) return `shows a fault of its own: ${lastLines(stderr)}`;
  // Where the kernel ends it, it has no last words.
  if (found === 'SIGKILL' || found === '0') return null;
  return stderr.trim() === '' ? `ended with ${found} and said nothing` : null;
}

/** 0: the blow came too late, or met nothing that the rest needed. */
function exitsAfter(blow: Blow): string[] {
  switch (blow.kind) {
    case 'kill':
      return blow.victim === 'harness' ? ['SIGKILL', '0'] : ['4', '0'];
    case 'signal':
      return [blow.signals[0] === 'SIGINT' ? '130' : '143', '0'];
    case 'disk':
      return ['3', '4', '0'];
    case 'memory':
      return ['SIGKILL', '4', '0'];
  }
}

/** What the same command ends with when it is let go on. Checks judge gates, which a few samples cannot decide. */
export function exitsAfterResuming(command: Command, failures: number): number[] {
  const judged = command === 'check' ? [0, 1] : [0];
  // What has failed stays on record; a self-test begins anew.
  return failures > 0 && command !== 'self-test' ? [4, ...judged.slice(1)] : judged;
}

/** What a journal holds that counts here. */
export interface Told {
  /** Complete lines. */
  lines: string[];
  samples: number;
  failures: number;
  /** The scenario is in it, so that the run can go on. */
  isBegun: boolean;
  /** The machine is in it, so that there is something to report. */
  isShowable: boolean;
}

export function readTold(journal: string): Told {
  const lines = journal
    .slice(0, journal.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean);
  const count = (type: string): number => lines.filter((line) => line.startsWith(`{"type":"${type}"`)).length;
  return {
    lines,
    samples: count('sample'),
    failures: count('failure'),
    isBegun: count('run') > 0,
    isShowable: count('host') > 0,
  };
}

/** Lines of a journal may only be added to. */
export function lossFinding(before: Told, after: Told): string | null {
  const at = before.lines.findIndex((line, index) => line !== after.lines[index]);
  return at === -1 ? null : `line ${at + 1} of the journal is lost or changed: ${before.lines[at] ?? ''}`;
}

/** A record holds every sample of its journal; the figures of a density are made of other events. */
export function recordFinding(told: Told, { results }: Pick<RunRecord, 'results'>): string | null {
  const sampled = results.filter(({ measure }) => measure !== 'density');
  const shown = sampled.reduce((sum, { samples }) => sum + samples.length, 0);
  return shown === told.samples ? null : `the record has ${shown} samples, the journal ${told.samples}`;
}

export function lastLines(text: string): string {
  return text.trimEnd().split('\n').slice(-4).join(' | ');
}
