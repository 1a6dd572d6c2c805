/**
 * One cgroup on either layout. On v2 it is a directory; on v1 (and hybrid) it is the same path in each of the
 * hierarchies cpu, cpuacct, cpuset, memory, pids and freezer that exist.
 */
import { detectCgroupLayout, type CgroupLayout } from './cgroup-layout.ts';
import { cgroupV1, createRunV1 } from './cgroup-v1.ts';
import { cgroupV2, createV2 } from './cgroup-v2.ts';
import type { LimitsInForce } from './limits-in-force.ts';
import type { Lease } from '../lease/lease.ts';
import type { Pressure } from './pressure.ts';

/** Null: as it is; a new cgroup has no limit of its own, and its parent's CPUs. */
export interface CgroupLimits {
  cpus: number | null;
  memoryBytes: number | null;
  cpuset: number[] | null;
}

export interface CgroupMemory {
  /** `memory.usage_in_bytes` or `memory.current`: page cache included. */
  usageBytes: number;
  /** Usage minus inactive file pages, as the kubelet defines it. */
  workingSetBytes: number;
  /** Times the kernel killed a process of this cgroup for memory. */
  oomKills: number;
}

export interface Cgroup {
  readonly version: 1 | 2;
  /** Path below the hierarchy's root, with a leading slash: `/tare-ab12cd/runc-3`. */
  readonly path: string;
  /** Creates a child (controllers enabled). Removing the parent removes it. */
  child(name: string): Promise<Cgroup>;
  /** A child that another program makes and removes; until then, and after, nothing is in it. */
  named(name: string): Cgroup;
  /** Hands the controllers down to children that other programs will make; on v1 they have them anyway. */
  fillChildren(): Promise<void>;
  setLimits(limits: CgroupLimits): Promise<void>;
  /**
   * Takes the memory limit off. Where it is exhausted, processes cannot even end within reasonable time: each needs a
   * page now and then, and waits for it behind all the others.
   */
  liftMemoryLimit(): Promise<void>;
  /** The most processes and threads in it and below; more cannot be made. */
  limitProcesses(most: number): Promise<void>;
  /** Files that a process writes its pid (or 0) to, to join. */
  joinFiles(): string[];
  /** Host pids in this cgroup and below. */
  processes(): Promise<number[]>;
  /** What the kernel holds each of them to, which may be less than what was set here, or not that at all. */
  limitsInForce(): Promise<LimitsInForce[]>;
  /** All children are asked on v1, so it takes longer the more there are. */
  memory(): Promise<CgroupMemory>;
  /** The first figure of `memory` alone, whatever is below. */
  usageBytes(): Promise<number>;
  /** Its own pressure stall information; null on v1, which has only that of the whole machine. */
  pressure(): Promise<Pressure | null>;
  /** CPU time used so far, user and system, milliseconds. */
  cpuTimeMs(): Promise<number>;
  /** Kills every process in it and below and waits until none is left. */
  kill(): Promise<void>;
  /** Removes it with its children; processes must be gone. A cgroup that is not there is no error. */
  remove(): Promise<void>;
}

/** Names of Tare's cgroups begin with it; nothing else is ever killed or removed. */
const prefix = '/tare-';

/**
 * The run's parent cgroup, directly below the root of the mounted hierarchy and leased before it exists.
 * Throws when the machine's hierarchy cannot be used; the message says what would be right.
 */
export async function createRunCgroup(runId: string, lease: Lease): Promise<Cgroup> {
  const layout = await detectCgroupLayout();
  const path = `${prefix}${runId}`;
  await lease.add({ kind: 'cgroup', path });
  await (layout.version === 1 ? createRunV1(layout, path) : createV2(layout, path));
  return cgroupAt(layout, path);
}

/** A run's cgroup that may exist already, to clean it. Throws when the path is none of Tare's. */
export async function openRunCgroup(path: string): Promise<Cgroup> {
  if (!path.startsWith(prefix) || path.includes('..')) {
    throw new Error(`${path} is not a cgroup of Tare's (they begin with ${prefix})`);
  }
  return cgroupAt(await detectCgroupLayout(), path);
}

export async function detectCgroupVersion(): Promise<'1' | '2' | 'hybrid'> {
  const layout = await detectCgroupLayout();
  if (layout.version === 2) return '2';
  return layout.unified === null ? '1' : 'hybrid';
}

function cgroupAt(layout: CgroupLayout, path: string): Cgroup {
  return layout.version === 1 ? cgroupV1(layout, path) : cgroupV2(layout, path);
}
