/**
 * One cgroup on either layout. On v2 it is a directory; on v1 (and hybrid) it is the same path in each of the
 * hierarchies cpu, cpuacct, cpuset, memory, pids and freezer that exist.
 */
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
  setLimits(limits: CgroupLimits): Promise<void>;
  /** Files that a process writes its pid (or 0) to, to join. */
  joinFiles(): string[];
  /** Host pids in this cgroup and below. */
  processes(): Promise<number[]>;
  memory(): Promise<CgroupMemory>;
  /** CPU time used so far, user and system, milliseconds. */
  cpuTimeMs(): Promise<number>;
  /** Kills every process in it and below and waits until none is left. */
  kill(): Promise<void>;
  /** Removes it with its children; processes must be gone. A cgroup that is not there is no error. */
  remove(): Promise<void>;
}
