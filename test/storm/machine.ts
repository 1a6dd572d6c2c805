/** What belongs to the machine and to no run: it must be afterwards as it was before. */
import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Settings of the kernel that Tare changes while it runs. */
const settings = [
  '/proc/sys/kernel/pid_max',
  '/proc/sys/fs/inotify/max_user_instances',
  '/proc/sys/net/ipv4/ip_forward',
  ...['gc_thresh1', 'gc_thresh2', 'gc_thresh3'].map((name) => `/proc/sys/net/ipv4/neigh/default/${name}`),
  ...['run', 'pages_to_scan', 'sleep_millisecs'].map((name) => `/sys/kernel/mm/ksm/${name}`),
];

/** What it is called, and what it is. */
export type MachineState = ReadonlyMap<string, string>;

/** @param temporary the folder that programs make their temporary files in */
export async function machineState(temporary: string): Promise<MachineState> {
  const state = new Map<string, string>();
  for (const path of settings) {
    state.set(`setting ${path}`, (await readFile(path, 'utf8').catch(() => '')).trim());
  }
  for (const kind of ['shm', 'sem', 'msg']) {
    const rows = (await readFile(`/proc/sysvipc/${kind}`, 'utf8').catch(() => '')).split('\n').slice(1);
    for (const row of rows.filter(Boolean)) {
      const [key = '', id = ''] = row.trim().split(/\s+/);
      state.set(`IPC ${kind} ${id}`, key);
    }
  }
  for (const folder of ['/dev/shm', '/dev/mqueue', '/sys/class/net', temporary]) {
    for (const name of await readdir(folder).catch(() => [])) {
      // Caches of the programs that run Tare from its sources.
      if (!/^(tsx-|node-compile-cache)/.test(name)) state.set(`${folder}/${name}`, 'there');
    }
  }
  return state;
}

export function differences(before: MachineState, after: MachineState): string[] {
  return [...new Set([...before.keys(), ...after.keys()])].flatMap((what) => {
    const [was, is] = [before.get(what), after.get(what)];
    return was === is ? [] : [`${what}: ${was ?? 'not there'} before, ${is ?? 'not there'} after`];
  });
}

const patienceMs = 15_000;

/** Differences that stay: the kernel, and other programs of this machine, take a while to tidy. */
export async function lastingDifferences(before: MachineState, temporary: string): Promise<string[]> {
  for (let waitedMs = 0; ; waitedMs += 500) {
    const found = differences(before, await machineState(temporary));
    if (found.length === 0 || waitedMs >= patienceMs) return found;
    await sleep(500);
  }
}
