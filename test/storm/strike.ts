/** Deals a moment's blow to a command that runs. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Started } from '../support/tare.ts';
import type { Moment } from './moment.ts';
import type { Stage } from './stage.ts';
import { findVictims } from './victims.ts';

const pollMs = 20;

/** @returns what the blow met, or why there was none */
export async function strike(
  { blow, afterLines, delayMs }: Moment,
  child: Started,
  stage: Stage,
): Promise<string> {
  if (blow.kind === 'memory') return 'from its start';
  let exit: unknown = null;
  void child.exited.then((found) => {
    exit = found;
  });
  const hasEnded = (): boolean => exit !== null;
  const linesSaid = (): number => child.stderr().split('\n').length - 1;
  while (!hasEnded() && linesSaid() < afterLines) await sleep(pollMs);
  await sleep(delayMs);
  // Some are there only while an instance is, or once the run has come so far.
  let pids = await victimsOf();
  while (blow.kind === 'kill' && !hasEnded() && pids.length === 0) {
    await sleep(pollMs);
    pids = await victimsOf();
  }
  if (hasEnded()) return 'it had ended before';
  const said = child.stderr().trimEnd().split('\n').at(-1) ?? '';
  switch (blow.kind) {
    case 'disk':
      await stage.fill();
      break;
    case 'signal':
      for (const signal of blow.signals) {
        signalIfThere(child.pid, signal);
        await sleep(delayMs / 4);
      }
      break;
    case 'kill':
      // The first or the last: an engine has a daemon and its containerd, several instances have each their own.
      signalIfThere((delayMs % 2 === 0 ? pids.at(0) : pids.at(-1)) ?? 0, 'SIGKILL');
  }
  return `at "${said}"`;

  async function victimsOf(): Promise<number[]> {
    if (blow.kind !== 'kill') return [];
    if (blow.victim === 'harness') return [child.pid];
    return findVictims(blow.victim, stage.out);
  }
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
