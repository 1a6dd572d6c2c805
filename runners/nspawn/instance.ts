/** One container of systemd-nspawn with everything that was made for it. */
import { join } from 'node:path';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { together, undoneOnFailure, type CleanUp } from '../machine/lease/clean-up.ts';
import type { FolderSetup } from '../shared/folder-platform.ts';
import { writeNetworkFiles } from '../shared/box.ts';
import { unusedPath, writeContainerStart } from '../shared/container-start.ts';
import { startComplaint } from '../shared/start-program.ts';
import { createLauncher, dismiss, lineUp } from '../shared/launch.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import { LocalInstance } from '../shared/local-instance.ts';
import { createNamespaceWithEmpty } from '../machine/mounts/mount-namespace.ts';
import { createLayer } from '../machine/mounts/overlay.ts';
import { requireProgram, systemPath } from '../machine/programs.ts';
import { signalProcess } from '../machine/signal-process.ts';
import type { NewInstance, Instance } from '../runner.ts';
import { writeBundle } from './bundle.ts';
import { dockersMounts } from './mounts.ts';
import { removeTree } from '../machine/remove-tree.ts';

export interface NspawnSetup extends FolderSetup {
  program: string;
}

/** Where systemd-nspawn keeps what belongs to its running containers; killed, it leaves that there. */
export const stateFolder = '/run/systemd/nspawn';

export async function createNspawn(
  { id, logs, layer: from }: NewInstance,
  setup: NspawnSetup,
): Promise<Instance> {
  const { context, folder, platform, user } = setup;
  const { launch } = platform;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const [cgroups, network, layer] = await together([
      createCgroups(id, setup, cleanUp),
      cleanUp.add(context.network.attachNamespace(id), (made) => made.dispose()),
      cleanUp.add(createLayer(join(context.folders.scratch, id), setup.payload.root, from), (made) =>
        made.dispose(),
      ),
    ]);
    const root = layer.merged;
    await writeNetworkFiles(root, launch.box.hostname, network.address);
    const start = unusedPath('start');
    await writeContainerStart({
      root,
      path: start,
      launch,
      user,
      differs: { first: await dockersMounts(launch.box) },
    });
    // After the layer: a namespace sees the mounts that were there when it was made.
    const namespace = await cleanUp.add(
      createNamespaceWithEmpty(stateFolder, join(setup.namespaces, id)),
      (made) => made.dispose(),
    );
    const bundle = await cleanUp.add(
      writeBundle(join(folder, 'bundles', id), {
        hostname: launch.box.hostname,
        root,
        start,
        openFiles: await openFileLimit(launch.box.openFiles),
        networkNamespace: network.nsPath,
      }),
      removeTree,
    );
    const launcher = await createLauncher(cgroups.supervisor.joinFiles(), 'wait');
    const enter = [`--mount=${namespace.path}`, '--', launcher.program, ...launcher.args];
    const chain = [...enter, setup.program, ...nspawnOptions(id, bundle, launch.stopSignal)];
    const nsenter = await requireProgram('nsenter');
    const waiting = await cleanUp.add(
      lineUp(nsenter, chain, context.folders.runtime, {
        env: { ...environment, ...(launch.box.seccomp === 'none' && { SYSTEMD_SECCOMP: '0' }) },
        cleanEnv: true,
      }),
      dismiss,
    );
    return new LocalInstance({
      id,
      logs,
      launch,
      address: network.address,
      cgroup: cgroups.instance,
      // Killed with its parent: systemd-nspawn alone would only tell that something went wrong.
      workload: cgroups.instance,
      main: 'first-in-namespace',
      waiting,
      stopGracefully(pid) {
        // It then sends the container the signal that `--kill-signal` names.
        signalProcess(pid, 'SIGTERM');
        return Promise.resolve();
      },
      whyNotStarted: (exit, lines) =>
        Promise.resolve(exit.code === 0 ? null : (startComplaint(lines) ?? ownComplaint(lines))),
      layer,
      remove: () => cleanUp.run(),
    });
  });
}

const environment = {
  PATH: systemPath,
  // A /tmp of memory instead of the payload's would count other bytes as memory than on the other platforms.
  SYSTEMD_NSPAWN_TMPFS_TMP: '0',
  // Its own words share the workload's output: they are known by the place in its sources that is put before them.
  SYSTEMD_LOG_LOCATION: '1',
  SYSTEMD_LOG_LEVEL: 'err',
};

export function nspawnOptions(id: string, bundle: string, stopSignal: string): string[] {
  return [
    '--quiet',
    // In the cgroup it was started in, and known to nobody: no machined, no unit, no journal.
    ...['--register=no', '--keep-unit', '--link-journal=no'],
    ...['--resolv-conf=off', '--timezone=off'],
    '--console=pipe',
    `--machine=${id}`,
    `--kill-signal=${stopSignal}`,
    `--oci-bundle=${bundle}`,
  ];
}

/**
 * On cgroup v2 systemd-nspawn itself stays in `supervisor`. It puts the container into `payload` beside it, or before systemd
 * 254, which does not know that name for its own, into one that it makes below it: hence the limits in both places. There,
 * and on v1, where it moves nothing, its own megabyte or two counts against the limit, too.
 */
async function createCgroups(
  id: string,
  { context, platform }: NspawnSetup,
  cleanUp: CleanUp,
): Promise<Record<'instance' | 'supervisor', Cgroup>> {
  const instance = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
  const limits = { ...platform.limits, cpuset: context.cpuset };
  if (instance.version === 1) {
    await instance.setLimits(limits);
    return { instance, supervisor: instance };
  }
  const supervisor = await instance.child('supervisor');
  const payload = await instance.child('payload');
  for (const each of [supervisor, payload]) await each.setLimits(limits);
  return { instance, supervisor };
}

/** The last of its own lines, such as `src/nspawn/nspawn.c:3552: execv(/bin/x) failed: Permission denied`. */
export function ownComplaint(lines: readonly string[]): string | null {
  const own = lines.flatMap((line) => /^\S*src\/\S+\.c:\d+: (.*)$/.exec(line)?.[1] ?? []);
  return own.at(-1) ?? null;
}
