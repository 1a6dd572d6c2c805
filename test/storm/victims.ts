/** Finds what is to be killed among the processes of a run. */
import { processesOf, runIds } from '../support/leftovers.ts';
import type { Victim } from './moment.ts';

/** By the command line; the harness is known by its process id. */
const looks: Record<Exclude<Victim, 'harness'>, RegExp> = {
  prober: /bench\/prober\/resident/,
  engine: /^\S*\/(dockerd|containerd|lxd)( |$)/,
  shim: /^\S*(containerd-shim|conmon|runc\b.* run\b|crun\b.* run\b|lxc-start|systemd-nspawn)|^\[lxc monitor\]/,
  vmm: /^\S*qemu-system/,
};

/**
 * @param out folder of the run; another one may go on in the same sandbox
 * @returns process ids, none of them where no such process is there now
 */
export async function findVictims(victim: Exclude<Victim, 'harness'>, out: string): Promise<number[]> {
  // It may not be there yet.
  const ids = await runIds(out).catch(() => []);
  if (ids.length === 0) return [];
  const found = await processesOf(out, ids);
  return found.filter(({ command }) => looks[victim].test(command)).map(({ pid }) => pid);
}
