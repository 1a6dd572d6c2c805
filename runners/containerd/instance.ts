/** One container of containerd, started by its command line, which stays attached to it. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineInstance } from '../container-engine/engine-instance.ts';
import { runEngine, type EngineCommand } from '../container-engine/command.ts';
import type { Places } from '../container-engine/daemon.ts';
import { cgroupWithShim } from '../container-engine/shim.ts';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { limitsSwap } from '../machine/cgroup/swap-accounting.ts';
import { run } from '../machine/command.ts';
import { together, undoneOnFailure, type CleanUp } from '../machine/lease/clean-up.ts';
import { prepareLayer, type Layer } from '../machine/mounts/overlay.ts';
import { requireProgram } from '../machine/programs.ts';
import { removeTree } from '../machine/remove-tree.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import { containerSpec } from '../oci/spec.ts';
import type { Exit, Instance, NewInstance, PlatformSpec, RunContext } from '../runner.ts';
import { storeNetworkFiles } from '../shared/box.ts';
import { createLauncher, dismiss, lineUp } from '../shared/launch.ts';
import type { LaunchUser } from '../shared/payload-launch.ts';
import { seccompFilter } from '../shared/seccomp.ts';
import { ctrAnswers, type ContainerdOptions } from './ctr.ts';

export interface ContainerSetup {
  engine: EngineCommand;
  places: Places;
  /** Path of the program that the shim starts. */
  runtime: string;
  /** Whether that is gVisor's. */
  isSandbox: boolean;
  /** The unpacked image. */
  root: string;
  user: LaunchUser;
  platform: PlatformSpec<ContainerdOptions>;
  context: RunContext;
  /** Folder of the instances' specifications. */
  bundles: string;
}

const traits = {
  name: 'containerd',
  inspection: ['containers', 'info'],
  removals: [
    ['tasks', 'delete', '--force'],
    ['containers', 'delete'],
  ],
};

export async function createContainer(
  { id, logs, layer: from }: NewInstance,
  setup: ContainerSetup,
): Promise<Instance> {
  const { context, platform, engine, runtime, isSandbox } = setup;
  const { launch } = platform;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const [{ instance, command, workload }, network, layer] = await together([
      createCgroups(id, setup, cleanUp),
      cleanUp.add(context.network.attachNamespace(id), (made) => made.dispose()),
      createLayer(id, from, setup, cleanUp),
    ]);
    const specification = await cleanUp.add(
      writeSpecification(id, setup, { layer, cgroup: workload, network }),
      (made) => removeTree(made.folder),
    );
    const launcher = await createLauncher(command.joinFiles(), 'wait');
    const args = ['--runc-binary', runtime, '--config', specification.file, id];
    // The shim writes to ctr's own pipe. Were ctr to copy, it would hand on its empty input, too, and its end not always.
    const attached = 'exec "$@" run --log-uri "file:///proc/$$/fd/1" ';
    const ctr = [engine.program, ...engine.args];
    const quoted = args.map((each) => `'${each.replaceAll("'", "'\\''")}'`).join(' ');
    const chain = [...launcher.args, launcher.program, '-c', attached + quoted, 'sh', ...ctr];
    const environment = { env: { ...engine.env }, cleanEnv: true };
    const waiting = await cleanUp.add(
      lineUp(launcher.program, chain, context.folders.runtime, environment),
      dismiss,
    );
    return new EngineInstance(
      {
        ...{ id, logs, launch, workload, waiting },
        address: network.address,
        cgroup: cgroupWithShim(instance, workload, command),
        main: isSandbox ? 'sandbox' : 'first-in-namespace',
        async stopGracefully() {
          await runEngine(engine, ['tasks', 'kill', '--signal', launch.stopSignal, id]);
        },
        whyNotStarted: (exit, lines) => Promise.resolve(whyNotStarted(exit, lines)),
        layer,
        remove: () => cleanUp.run(),
      },
      { engine, traits, isAlive: () => ctrAnswers(engine) },
    );
  });
}

/** The workload has the limits alone; ctr and the shim are counted beside it. */
async function createCgroups(
  id: string,
  { context, platform }: ContainerSetup,
  cleanUp: CleanUp,
): Promise<Record<'instance' | 'command' | 'workload', Cgroup>> {
  const instance = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
  await instance.setLimits({ cpus: null, memoryBytes: null, cpuset: context.cpuset });
  const [command, workload] = [await instance.child('runtime'), await instance.child('workload')];
  await workload.setLimits({ ...platform.limits, cpuset: null });
  return { instance, command, workload };
}

/** Mounted where containerd lives, and nowhere else. */
async function createLayer(
  id: string,
  from: string | undefined,
  { context, places, root }: ContainerSetup,
  cleanUp: CleanUp,
): Promise<Layer> {
  const layer = await cleanUp.add(prepareLayer(join(context.folders.scratch, id), root, from), (made) =>
    made.dispose(),
  );
  const enter = [`--mount=${places.mountNamespace}`, '--'];
  const nsenter = await requireProgram('nsenter');
  const mount = ['mount', '-t', 'overlay', '-o', layer.mountOptions, 'overlay', layer.merged];
  await cleanUp.add(run(nsenter, [...enter, ...mount]), async () => {
    await run(nsenter, [...enter, 'umount', '--lazy', layer.merged]);
  });
  return layer;
}

interface Parts {
  layer: Layer;
  cgroup: Cgroup;
  network: { nsPath: string; address: string };
}

async function writeSpecification(
  id: string,
  { bundles, platform, user }: ContainerSetup,
  { layer, cgroup, network }: Parts,
): Promise<{ folder: string; file: string }> {
  const folder = join(bundles, id);
  const { launch, limits } = platform;
  await mkdir(folder, { recursive: true });
  const spec = containerSpec({
    ...{ root: layer.merged, launch, user, cgroup },
    hostname: launch.box.hostname,
    files: await storeNetworkFiles(folder, launch.box.hostname, network.address),
    seccomp: await seccompFilter(launch.box.seccomp),
    openFiles: await openFileLimit(launch.box.openFiles),
    // The engine has a /run of its own: the namespace's name is found in that of this process.
    networkNamespace: `/proc/${process.pid}/root${network.nsPath}`,
    resources: { memoryAndSwapBytes: (await limitsSwap(cgroup)) ? limits.memoryBytes : null },
  });
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(spec));
  return { folder, file };
}

/** ctr complains on its standard error; a workload that ends with 1 by itself leaves no such line. */
function whyNotStarted({ code }: Exit, lines: readonly string[]): string | null {
  if (code !== 1) return null;
  return lines.find((line) => line.startsWith('ctr: ')) ?? null;
}
