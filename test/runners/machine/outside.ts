/** What can be seen of an instance from outside: its limits, its processes, its traces. */
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect } from 'vitest';
import { detectCgroupLayout } from '../../../runners/machine/cgroup/cgroup-layout.ts';
import { limitsInForce } from '../../../runners/machine/cgroup/limits-in-force.ts';
import { listMounts } from '../../../runners/machine/mounts/mounts.ts';
import type { Instance, Limits, RunContext } from '../../../runners/runner.ts';

/** Limits in force on the server process itself, as the kernel tells them; the memory limit of a VM is its RAM. */
export async function expectLimits(instance: Instance, limits: Limits, name: string): Promise<void> {
  const pids = await instance.cgroup.processes();
  const isVm = name.endsWith('qemu-system');
  const server = (await find(pids, async (pid) => (await commandOf(pid)).startsWith(name))) ?? 0;
  const status = await readFile(`/proc/${server}/status`, 'utf8');
  expect(status).toMatch(/^Cpus_allowed_list:\s+0$/m);
  const [inForce] = await limitsInForce([server], await detectCgroupLayout());
  expect(inForce?.cpus).toBe(limits.cpus);
  if (!isVm) {
    expect(inForce?.memoryBytes).toBe(limits.memoryBytes);
    if (instance.cgroup.version === 1) await expectNoSwap(server, limits);
  }
  if (isVm) {
    const inGuest = await instance.guestMemory();
    expect(inGuest).toBeGreaterThan(0);
    expect(inGuest).toBeLessThan(limits.memoryBytes);
    // libvirt says the size of the RAM itself, and of all memory together in MiB.
    const size = name === 'qemu-system' ? ` -m ${limits.memoryBytes}B ` : `"size":${limits.memoryBytes}}`;
    expect(await commandOf(server)).toContain(size);
  }
}

/** No namespace, mount, cgroup, process or file of the instance. */
export async function expectNothingLeft(instance: Instance, context: RunContext): Promise<void> {
  expect(
    (await namespaces()).filter((name) => name === `${context.network.namespace}-${instance.id}`),
  ).toEqual([]);
  const { scratch, runtime } = context.folders;
  const mounts = (await listMounts()).map(({ path }) => path);
  const own = mounts.filter((path) => path.startsWith(scratch) || path.startsWith(runtime));
  expect(own.filter((path) => path.split('/').includes(instance.id))).toEqual([]);
  expect(await instance.cgroup.processes()).toEqual([]);
  for (const hierarchy of ['', ...(await readdir('/sys/fs/cgroup'))]) {
    expect(await exists(join('/sys/fs/cgroup', hierarchy, instance.cgroup.path))).toBe(false);
  }
  const files = [...(await readdir(scratch)), ...(await readdir(runtime, { recursive: true }))];
  expect(files.filter((path) => path.split('/').includes(instance.id))).toEqual([]);
}

export function environmentIn(log: string): Record<string, string> {
  const line = /^environment=(.*)$/m.exec(log)?.[1] ?? '';
  return Object.fromEntries(
    [...line.matchAll(/(\w+)=(.*?)(?= \w+=|\s*$)/g)].map(([, key, value]) => [key ?? '', value ?? '']),
  );
}

export async function commandsOf(instance: Instance): Promise<string[]> {
  return Promise.all((await instance.cgroup.processes()).map(commandOf));
}

async function commandOf(pid: number): Promise<string> {
  return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).replaceAll('\0', ' ');
}

async function find<T>(items: readonly T[], is: (item: T) => Promise<boolean>): Promise<T | undefined> {
  for (const item of items) if (await is(item)) return item;
  return undefined;
}

/** On cgroup v1 memory and swap together have the limit of memory, in whichever cgroup that is. */
async function expectNoSwap(pid: number, { memoryBytes }: Limits): Promise<void> {
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8');
  let folder = join('/sys/fs/cgroup/memory', /:memory:(.*)/.exec(groups)?.[1] ?? '');
  while ((await figure(folder, 'memory.limit_in_bytes')) !== memoryBytes) folder = dirname(folder);
  expect(await figure(folder, 'memory.memsw.limit_in_bytes')).toBe(memoryBytes);
}

async function figure(...path: string[]): Promise<number> {
  return Number(await readFile(join(...path), 'utf8'));
}

export async function namespaces(): Promise<string[]> {
  return readdir('/run/netns').catch(() => []);
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
