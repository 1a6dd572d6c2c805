/** What probers leave on the machine, found without their own code. */
import { readdir, readFile } from 'node:fs/promises';

/** Process ids of a stage's probers, by the name of the tracing instance in their command line. */
export async function residents(runId: string): Promise<number[]> {
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const found: number[] = [];
  for (const pid of pids) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    if (command.includes(`\0tare-${runId}-`)) found.push(Number(pid));
  }
  return found.sort((a, b) => a - b);
}

/** As one of the stage's probers sees them in its private mount of tracefs. */
export async function tracingInstances(runId: string): Promise<string[]> {
  const [pid = 0] = await residents(runId);
  const names = await readdir(`/proc/${pid}/root/sys/kernel/tracing/instances`);
  return names.filter((name) => name.startsWith(`tare-${runId}-`)).sort();
}

export async function statusOf(pid: number, field: string): Promise<string> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return new RegExp(`^${field}:\\s*(.*)$`, 'm').exec(status)?.[1] ?? '';
}
