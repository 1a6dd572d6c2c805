/**
 * The cgroups of a rootless instance. A user may make none where no system hands a part of the hierarchy to it, and cgroup v1 can
 * hand on no limit at all. So Tare, which is root, makes them and sets the limits, as for every other platform, and the user may
 * move its own processes into the workload's and make further ones below it.
 */
import { chown, mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { detectCgroupLayout } from '../machine/cgroup/cgroup-layout.ts';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import type { CleanUp } from '../machine/lease/clean-up.ts';
import type { PlatformSpec, RunContext } from '../runner.ts';
import type { RootlessUser } from './user.ts';

export interface InstanceCgroups {
  instance: Cgroup;
  /** Of the runtime or the engine's command line, and of the program that carries the packets. */
  command: Cgroup;
  workload: Cgroup;
}

export async function createCgroups(
  id: string,
  { limits }: Pick<PlatformSpec<unknown>, 'limits'>,
  context: RunContext,
  user: RootlessUser,
  cleanUp: CleanUp,
): Promise<InstanceCgroups> {
  const instance = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
  await instance.setLimits({ cpus: null, memoryBytes: null, cpuset: context.cpuset });
  const [command, workload] = [await instance.child('runtime'), await instance.child('workload')];
  await workload.setLimits({ ...limits, cpuset: null });
  for (const file of [...workload.joinFiles(), ...(await joinFilesOfOthers(workload))]) {
    await chown(dirname(file), user.uid, user.gid);
    await chown(file, user.uid, user.gid);
  }
  if (workload.version === 2) await delegate(instance, workload, user);
  return { instance, command, workload };
}

/** On v1, a runtime joins every hierarchy that is mounted, those too that Tare has no use for. */
async function joinFilesOfOthers({ path }: Cgroup): Promise<string[]> {
  const layout = await detectCgroupLayout();
  if (layout.version === 2) return [];
  const folders = layout.others.map((mount) => join(mount, path));
  for (const folder of folders) await mkdir(folder, { recursive: true });
  return folders.map((folder) => join(folder, 'cgroup.procs'));
}

/** Who moves a process must be able to write to the cgroup above both places, and to hand controllers down (cgroups(7)). */
async function delegate(instance: Cgroup, workload: Cgroup, user: RootlessUser): Promise<void> {
  for (const file of instance.joinFiles()) await chown(file, user.uid, user.gid);
  for (const file of workload.joinFiles()) {
    await chown(join(dirname(file), 'cgroup.subtree_control'), user.uid, user.gid);
  }
}
