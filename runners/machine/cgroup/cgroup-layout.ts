/** Where this machine mounts its cgroup hierarchies. */
import { listMounts, type Mount } from '../mounts/mounts.ts';

/** Where a hierarchy is found. */
export interface HierarchyMount {
  mount: string;
  /** The cgroup that is mounted there, by the name that /proc/PID/cgroup has for it: in a container it may be any. */
  root: string;
}

export type CgroupLayout =
  | ({ version: 2 } & HierarchyMount)
  | {
      version: 1;
      /** The hierarchies whose controllers Tare uses; co-mounted controllers share one. */
      hierarchies: (HierarchyMount & { controllers: string[] })[];
      /** The others (devices, blkio, systemd's, the unified one): a container runtime may create the path there. */
      others: string[];
      /** The v2 hierarchy beside them (a hybrid layout), null where there is none. */
      unified: string | null;
    };

/** Controllers that Tare limits and counts with on v1. */
const usedControllers = ['cpu', 'cpuacct', 'cpuset', 'memory', 'pids', 'freezer'];
const neededControllers = ['cpu', 'cpuacct', 'cpuset', 'memory'];

/** Throws when no hierarchy is mounted or one that Tare needs is missing. */
export async function detectCgroupLayout(): Promise<CgroupLayout> {
  return cgroupLayoutOf(await listMounts());
}

export function cgroupLayoutOf(mounts: readonly Mount[]): CgroupLayout {
  const unified = mounts.find((mount) => mount.type === 'cgroup2');
  const v1 = mounts.filter((mount) => mount.type === 'cgroup');
  const hierarchies = v1.flatMap(({ path, root, superOptions }) => {
    const controllers = superOptions.filter((option) => usedControllers.includes(option));
    return controllers.length === 0 ? [] : [{ mount: path, root, controllers }];
  });
  if (hierarchies.length === 0) {
    if (unified) return { version: 2, mount: unified.path, root: unified.root };
    throw new Error('no cgroup hierarchy is mounted; mount one: mount -t cgroup2 cgroup2 /sys/fs/cgroup');
  }
  const present = hierarchies.flatMap((hierarchy) => hierarchy.controllers);
  const missing = neededControllers.filter((controller) => !present.includes(controller));
  if (missing.length > 0) {
    throw new Error(
      `the cgroup v1 hierarchies lack ${missing.join(', ')}; all of ${neededControllers.join(', ')} must be mounted`,
    );
  }
  const used = new Set(hierarchies.map((hierarchy) => hierarchy.mount));
  return {
    version: 1,
    hierarchies,
    others: [...v1, ...(unified ? [unified] : [])].map((each) => each.path).filter((path) => !used.has(path)),
    unified: unified?.path ?? null,
  };
}
