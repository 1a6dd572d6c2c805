/** One container of LXC with everything that was made for it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { together, undoneOnFailure } from '../machine/lease/clean-up.ts';
import { run } from '../machine/command.ts';
import type { FolderSetup } from '../shared/folder-platform.ts';
import { presentMaskedPaths, writeNetworkFiles } from '../shared/box.ts';
import { unusedPath, writeContainerStart } from '../shared/container-start.ts';
import { startComplaint } from '../shared/start-program.ts';
import { createLauncher, dismiss, lineUp } from '../shared/launch.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import { LocalInstance } from '../shared/local-instance.ts';
import { createNamespaceWithEmpty } from '../machine/mounts/mount-namespace.ts';
import { createLayer, type Layer } from '../machine/mounts/overlay.ts';
import { requireProgram, systemPath } from '../machine/programs.ts';
import { limitsSwap } from '../machine/cgroup/swap-accounting.ts';
import type { NewInstance, Instance } from '../runner.ts';
import { lxcCgroups, lxcConfig } from './config.ts';
import { lxcComplaint, withWorkloadsEnd } from './outcome.ts';
import { removeTree } from '../machine/remove-tree.ts';

export interface LxcSetup extends FolderSetup {
  program: string;
  /** File with the filter of system calls; null: there is none. */
  seccomp: string | null;
}

/** Where LXC keeps its locks, below the path of the containers; it never removes one. */
export const lockFolder = '/run/lxc';

export async function createLxc({ id, logs, layer: from }: NewInstance, setup: LxcSetup): Promise<Instance> {
  const { context, platform } = setup;
  const { launch } = platform;
  const containers = join(setup.folder, 'containers');
  return undoneOnFailure(context.log, async (cleanUp) => {
    const [cgroup, network, layer] = await together([
      cleanUp.add(context.cgroup.child(id), (made) => made.remove()),
      cleanUp.add(context.network.attachNamespace(id), (made) => made.dispose()),
      cleanUp.add(createRoot(id, setup, from), (made) => made.dispose()),
    ]);
    const root = layer.merged;
    await writeNetworkFiles(root, launch.box.hostname, network.address);
    const start = unusedPath('start');
    await writeContainerStart({ root, path: start, launch, user: setup.user });
    // After the layer: a namespace sees the mounts that were there when it was made.
    const namespace = await cleanUp.add(
      createNamespaceWithEmpty(lockFolder, join(setup.namespaces, id)),
      (made) => made.dispose(),
    );
    await cgroup.setLimits({ cpus: null, memoryBytes: null, cpuset: context.cpuset });
    await cgroup.fillChildren();
    const command = await cgroup.child('command');
    const config = await cleanUp.add(
      writeConfig(join(containers, id), {
        name: id,
        root,
        launch,
        seccomp: setup.seccomp,
        limits: platform.limits,
        openFiles: await openFileLimit(launch.box.openFiles),
        cgroup,
        masked: await presentMaskedPaths(),
        cpuset: context.cpuset,
        limitsSwap: await limitsSwap(command),
        networkNamespace: network.nsPath,
      }),
      () => removeTree(join(containers, id)),
    );
    const launcher = await createLauncher(command.joinFiles(), 'wait');
    const log = join(logs, 'lxc.log');
    const enter = [`--mount=${namespace.path}`, '--'];
    const own = ['--name', id, '--lxcpath', containers];
    const options = [...own, '--rcfile', config, '--foreground', '--logfile', log, '--logpriority', 'INFO'];
    const chain = [...enter, launcher.program, ...launcher.args, setup.program, ...options, '--'];
    const nsenter = await requireProgram('nsenter');
    const environment = { env: { PATH: systemPath }, cleanEnv: true };
    const waiting = await cleanUp.add(
      lineUp(nsenter, [...chain, start], context.folders.runtime, environment),
      dismiss,
    );
    return new LocalInstance({
      id,
      logs,
      launch,
      address: network.address,
      cgroup,
      workload: cgroup.named(lxcCgroups.workload),
      main: 'first-in-namespace',
      waiting: withWorkloadsEnd(waiting, log),
      async stopGracefully() {
        // 2: it has ended already.
        await run(nsenter, [...enter, 'lxc-stop', ...own, '--nowait'], { accept: [0, 2] });
      },
      whyNotStarted: (exit, lines) =>
        Promise.resolve(exit.code === 0 ? null : (startComplaint(lines) ?? lxcComplaint(lines))),
      layer,
      remove: () => cleanUp.run(),
    });
  });
}

/** LXC mounts /proc, /sys and /dev, but only onto folders that are there. */
async function createRoot(id: string, { payload, context }: LxcSetup, from?: string): Promise<Layer> {
  const layer = await createLayer(join(context.folders.scratch, id), payload.root, from);
  for (const name of ['proc', 'sys', 'dev']) await mkdir(join(layer.merged, name), { recursive: true });
  return layer;
}

async function writeConfig(folder: string, input: Parameters<typeof lxcConfig>[0]): Promise<string> {
  const file = join(folder, 'config');
  await mkdir(folder, { recursive: true });
  await writeFile(file, lxcConfig(input));
  return file;
}
