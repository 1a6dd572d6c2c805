/** How a container's first process ended: lxc-start says 0 of each, only its log knows. */
import { readFile } from 'node:fs/promises';
import type { Waiting } from '../shared/launch.ts';

interface End {
  code: number | null;
  signal: string | null;
}

/** The same program, with the end of the workload where it tells of its own. */
export function withWorkloadsEnd(waiting: Waiting, log: string): Waiting {
  const gone = waiting.command.gone.then(async (end) => {
    if (end.code !== 0) return end;
    return { code: parseEnd(await readFile(log, 'utf8').catch(() => '')), signal: null };
  });
  return { ...waiting, command: { ...waiting.command, gone } };
}

/**
 * Lines such as `Child <7> ended on error (3)` and `Child <7> ended on signal Killed(9)`, of level INFO; nothing is written of
 * a good end. A signal is told as a shell does: 128 and its number.
 */
export function parseEnd(log: string): End['code'] {
  const [, how, number] = /Child <\d+> ended on (error|signal) [^(]*\((\d+)\)/.exec(log) ?? [];
  if (how === undefined) return 0;
  return how === 'signal' ? 128 + Number(number) : Number(number);
}

/** The first complaint: the later ones follow from it. A line such as `lxc-start: x: ../src/lxc/start.c: start: 2197 Why`. */
export function lxcComplaint(lines: readonly string[]): string | null {
  const own = lines.flatMap((line) => /^lxc-start: \S+: \S+\.c: \w+: \d+ (.*)$/.exec(line)?.[1] ?? []);
  return own[0] ?? null;
}
