/** One bare process with everything that was made for it. */
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import { together, undoneOnFailure } from '../machine/lease/clean-up.ts';
import { capabilityNumbers, maskedPaths, readonlyPaths, writeNetworkFiles } from '../shared/box.ts';
import type { FolderSetup } from '../shared/folder-platform.ts';
import { dismiss, lineUp } from '../shared/launch.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import { LocalInstance } from '../shared/local-instance.ts';
import { createLayer } from '../machine/mounts/overlay.ts';
import { boxEnvironment } from '../shared/payload-launch.ts';
import { requireProgram, systemPath } from '../machine/programs.ts';
import { signalProcess } from '../machine/signal-process.ts';
import type { Instance, NewInstance } from '../runner.ts';

export async function createProcess(
  { id, logs, layer: from }: NewInstance,
  setup: FolderSetup,
): Promise<Instance> {
  const { context, platform, payload } = setup;
  const { launch, limits } = platform;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const [cgroup, network, layer] = await together([
      cleanUp.add(context.cgroup.child(id), (made) => made.remove()),
      cleanUp.add(context.network.attachNamespace(id), (made) => made.dispose()),
      cleanUp.add(createLayer(join(context.folders.scratch, id), payload.root, from), (made) =>
        made.dispose(),
      ),
    ]);
    await cgroup.setLimits({ ...limits, cpuset: context.cpuset });
    await writeNetworkFiles(layer.merged, launch.box.hostname, network.address);
    const box = await boxWords(layer.merged, network.nsPath, setup);
    const words = [box, cgroup.joinFiles(), variables(setup), launch.command];
    const args = [
      assetFile('runners/process/become.pl'),
      ...words.flatMap((each) => ['--', ...each]).slice(1),
    ];
    // Its environment is none of the workload's, whose loader it would obey.
    const own = { env: { PATH: systemPath }, cleanEnv: true };
    const perl = await requireProgram('perl');
    const waiting = await cleanUp.add(lineUp(perl, args, context.folders.runtime, own), dismiss);
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
      whyNotStarted: (_, lines) => Promise.resolve(complaint(lines)),
      layer,
      remove: () => cleanUp.run(),
    });
  });
}

/** What become.pl is told of the box. */
async function boxWords(root: string, network: string, { platform, user }: FolderSetup): Promise<string[]> {
  const { workdir, box } = platform.launch;
  const { soft, hard } = await openFileLimit(box.openFiles);
  return Object.entries({
    root,
    network,
    hostname: box.hostname,
    workdir,
    uid: String(user.uid),
    groups: user.groups.join(','),
    gid: String(user.gid),
    files: `${soft}:${hard}`,
    capabilities: Object.values(capabilityNumbers).join(','),
    shm: String(box.shmSizeBytes),
    masked: maskedPaths.join(','),
    readonly: readonlyPaths.join(','),
  }).map(([name, value]) => `${name}=${value}`);
}

function variables({ platform, user }: FolderSetup): string[] {
  return Object.entries(boxEnvironment(platform.launch, user)).map(([name, value]) => `${name}=${value}`);
}

/** The last line, when the program before the workload has written it. */
function complaint(lines: readonly string[]): string | null {
  const last = lines.at(-1) ?? '';
  return last.startsWith('become.pl: ') ? last : null;
}
