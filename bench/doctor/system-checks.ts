/** What the machine itself must offer or should be told about. Each check is an entry of the table. */
import { memAvailable, readMeminfo } from '../../runners/machine/meminfo.ts';
import { readFile, readlink, stat, statfs } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { detectCgroupVersion } from '../../runners/machine/cgroup/cgroup.ts';
import { probeKvm } from '../../runners/qemu/probe.ts';
import type { CommandContext } from '../environment/context.ts';

/** `note`: a run works, but its figures want a grain of salt or a part of them is missing. */
export type Level = 'ok' | 'note' | 'fail';

export interface CheckResult {
  level: Level;
  found: string;
  /** What to do about it; null where nothing needs doing. */
  remedy: string | null;
}

export interface SystemCheck {
  name: string;
  check: (context: CommandContext) => Promise<CheckResult>;
}

const gibibyte = 2 ** 30;
/** Payload, OCI image, unpacked bundle and disk of the Tomcat scenario come to about 2 GiB. */
const neededDiskBytes = 3 * gibibyte;
/** A 512 MiB guest with its VMM, beside the harness and the package cache. */
const neededMemoryBytes = 2 * gibibyte;

export const systemChecks: readonly SystemCheck[] = [
  { name: 'rights', check: () => Promise.resolve(rights()) },
  { name: 'cgroups', check: cgroups },
  { name: 'kernel tracing', check: tracing },
  { name: 'memory', check: memory },
  { name: 'swap', check: swap },
  { name: 'disk', check: disk },
  { name: 'CPUs', check: () => Promise.resolve(cpus()) },
  { name: 'CPU frequency', check: governor },
  { name: 'KVM', check: kvm },
];

function rights(): CheckResult {
  if (process.getuid?.() === 0) return ok('root');
  return fail('not root', 'run it with sudo: network namespaces, cgroups and mounts need root');
}

async function cgroups(): Promise<CheckResult> {
  const version = await detectCgroupVersion();
  return ok(version === 'hybrid' ? 'v1 with v2 beside it (hybrid)' : `v${version}`);
}

async function tracing(): Promise<CheckResult> {
  return judgeTracing(
    await readFile('/proc/filesystems', 'utf8'),
    await readlink('/proc/self/ns/pid').catch(() => null),
  );
}

/** The kernel's constant for the PID namespace that it began with (PROC_PID_INIT_INO in include/linux/proc_ns.h). */
const firstPidNamespace = 'pid:[4026531836]';

/**
 * @param filesystems what /proc/filesystems lists
 * @param pidNamespace what /proc/self/ns/pid links to; null where that is unknown
 */
export function judgeTracing(filesystems: string, pidNamespace: string | null): CheckResult {
  const without = 'readiness is found by polling, and the mark `exec` is missing';
  if (!filesystems.split('\n').some((line) => line.endsWith('\ttracefs')))
    return note('the kernel has no tracefs', without);
  if (pidNamespace !== null && pidNamespace !== firstPidNamespace) {
    return note(
      "tracefs, but its process IDs are the host's, not those of this PID namespace",
      `${without}; run Tare outside the container, or start the container with --pid=host`,
    );
  }
  return ok('tracefs');
}

async function memory(): Promise<CheckResult> {
  const bytes = await memAvailable();
  const found = `${gib(bytes)} available`;
  return bytes >= neededMemoryBytes
    ? ok(found)
    : note(found, `${gib(neededMemoryBytes)} or more are advised`);
}

async function swap(): Promise<CheckResult> {
  const bytes = (await readMeminfo()).get('SwapTotal') ?? 0;
  if (bytes === 0) return ok('off');
  return note(`${gib(bytes)} on`, 'memory figures are cleaner without it: swapoff -a');
}

async function disk({ folders }: CommandContext): Promise<CheckResult> {
  const { bavail, bsize } = await statfs(await existingFolder(folders.cache));
  const found = `${gib(bavail * bsize)} free for ${folders.cache}`;
  if (bavail * bsize >= neededDiskBytes) return ok(found);
  return note(found, `the first run needs about ${gib(neededDiskBytes)}; --cache-dir chooses another place`);
}

function cpus(): CheckResult {
  const count = availableParallelism();
  if (count > 1) return ok(String(count));
  return note('1', 'the harness shares it with what it measures; two or more are advised');
}

async function governor(): Promise<CheckResult> {
  const file = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return ok('not for this kernel to choose');
  const name = text.trim();
  return name === 'performance' ? ok(name) : note(`governor ${name}`, 'times vary less with: performance');
}

async function kvm({ signal, log, folders }: CommandContext): Promise<CheckResult> {
  const { usable, backend, reason } = await probeKvm({ signal, log, cache: folders.cache });
  if (usable) return ok(backend ?? 'usable');
  if (process.getuid?.() !== 0) return note(reason, 'it can be tried as root');
  return note(
    reason,
    'VMs run under emulation (TCG), 10 to 20 times slower; every report says so. Use a machine with VT-x or AMD-V',
  );
}

/** The folder, or the nearest one above it that exists. */
async function existingFolder(path: string): Promise<string> {
  const there = await stat(path).catch(() => null);
  return there ? path : await existingFolder(dirname(path));
}

function gib(bytes: number): string {
  return `${(bytes / gibibyte).toFixed(1)} GiB`;
}

function ok(found: string): CheckResult {
  return { level: 'ok', found, remedy: null };
}
function note(found: string, remedy: string): CheckResult {
  return { level: 'note', found, remedy };
}
function fail(found: string, remedy: string): CheckResult {
  return { level: 'fail', found, remedy };
}
