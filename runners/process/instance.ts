/** One bare process with everything that was made for it. */
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import { together, undoneOnFailure, type CleanUp } from '../machine/lease/clean-up.ts';
import type { FolderSetup } from '../shared/folder-platform.ts';
import { createLauncher, dismiss, lineUp, openFileLimit } from '../shared/launch.ts';
import { LocalInstance } from '../shared/local-instance.ts';
import { createMountNamespace } from '../machine/mounts/mount-namespace.ts';
import { createLayer } from '../machine/mounts/overlay.ts';
import { boxEnvironment } from '../shared/payload-launch.ts';
import { requireProgram } from '../machine/programs.ts';
import { signalProcess } from '../machine/signal-process.ts';
import type { Instance } from '../runner.ts';

export async function createProcess(
  { id, logs }: { id: string; logs: string },
  setup: FolderSetup,
): Promise<Instance> {
  const { context, platform } = setup;
  const { launch, limits } = platform;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const [cgroup, network, root] = await together([
      cleanUp.add(context.cgroup.child(id), (made) => made.remove()),
      cleanUp.add(context.network.attachNamespace(id), (made) => made.dispose()),
      createRoot(id, setup, cleanUp),
    ]);
    await cgroup.setLimits({ ...limits, cpuset: context.cpuset });
    const launcher = await createLauncher(cgroup.joinFiles(), 'wait');
    const enter = [`--net=${network.nsPath}`, `--mount=${root.namespace}`, `--wdns=${launch.workdir}`];
    const become = [`--setgid=${setup.user.gid}`, `--setuid=${setup.user.uid}`];
    // Every program of the chain becomes the next one: the process that is spawned is the workload.
    const { soft, hard } = await openFileLimit(launch.box.openFiles);
    const chain = [
      ...launcher.args,
      ...[await requireProgram('prlimit'), `--nofile=${soft}:${hard}`],
      await requireProgram('nsenter'),
      ...enter,
      ...become,
      '--',
      ...launch.command,
    ];
    const environment = { env: boxEnvironment(launch, setup.user), cleanEnv: true };
    const waiting = await cleanUp.add(lineUp(launcher.program, chain, environment), dismiss);
    return new LocalInstance({
      id,
      logs,
      launch,
      address: network.address,
      cgroup,
      workload: cgroup,
      main: 'command',
      waiting,
      stopGracefully(pid) {
        signalProcess(pid, launch.stopSignal);
        return Promise.resolve();
      },
      whyNotStarted: (_, lines) => Promise.resolve(complaintOfChain(lines)),
      layerBytes: () => root.allocatedBytes(),
      remove: () => cleanUp.run(),
    });
  });
}

async function createRoot(
  id: string,
  { payload, context, namespaces }: FolderSetup,
  cleanUp: CleanUp,
): Promise<{ namespace: string; allocatedBytes(): Promise<number> }> {
  const folder = join(context.folders.scratch, id);
  const layer = await cleanUp.add(createLayer(folder, payload.root), (made) => made.dispose());
  const script = [assetFile('runners/process/root.sh'), layer.merged];
  const namespace = await cleanUp.add(createMountNamespace(join(namespaces, id), 'sh', script), (made) =>
    made.dispose(),
  );
  return { namespace: namespace.path, allocatedBytes: () => layer.allocatedBytes() };
}

/** The last line, when one of the programs before the workload has written it. */
function complaintOfChain(lines: readonly string[]): string | null {
  const last = lines.at(-1) ?? '';
  return /^nsenter: |launch\.sh: /.test(last) ? last : null;
}
