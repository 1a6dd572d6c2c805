/** One container with everything that was made for it. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { together, undoneOnFailure, type CleanUp } from '../machine/lease/clean-up.ts';
import { run } from '../machine/command.ts';
import { storeNetworkFiles } from '../shared/box.ts';
import { seccompFilter } from '../shared/seccomp.ts';
import { createLauncher, dismiss, lineUp } from '../shared/launch.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import { LocalInstance } from '../shared/local-instance.ts';
import { prepareLayer, type Layer } from '../machine/mounts/overlay.ts';
import type { LaunchUser } from '../shared/payload-launch.ts';
import { systemPath } from '../machine/programs.ts';
import { limitsSwap } from '../machine/cgroup/swap-accounting.ts';
import type { Exit, Instance, NewInstance, PlatformSpec, RunContext } from '../runner.ts';
import type { OciOptions } from './runner.ts';
import type { Runtime } from './runtime.ts';
import { sandboxFlags } from './sandbox.ts';
import { containerSpec } from './spec.ts';
import { enterRuntimeNamespace, enterInstanceNamespaces } from './runtime-namespace.ts';
import { removeOwnFolder } from '../machine/remove-tree.ts';

export interface ContainerSetup {
  runtime: Runtime;
  /** The unpacked image. */
  root: string;
  user: LaunchUser;
  platform: PlatformSpec<OciOptions>;
  context: RunContext;
  /** Path of the mount namespace that the runtime lives in. */
  runtimeNamespace: string;
  /** The platform's own folder for bundles. */
  folder: string;
  /** Where the runtime keeps its state. */
  state: string;
}

export async function createContainer(
  { id, logs, layer: from }: NewInstance,
  setup: ContainerSetup,
): Promise<Instance> {
  const { context, platform, state, runtimeNamespace } = setup;
  const { program, isSandbox } = setup.runtime;
  const { launch } = platform;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const [cgroups, network, layer] = await together([
      createCgroups(id, setup, cleanUp),
      cleanUp.add(context.network.prepareNamespace(id), (made) => made.dispose()),
      cleanUp.add(prepareLayer(join(context.folders.scratch, id), setup.root, from), (made) =>
        made.dispose(),
      ),
    ]);
    const bundle = await cleanUp.add(
      writeBundle(id, setup, layer, cgroups.workload, network.address),
      removeOwnFolder,
    );
    await cleanUp.add(Promise.resolve(join(state, id)), removeOwnFolder);
    const launcher = await createLauncher(cgroups.runtime.joinFiles(), 'wait');
    const complaints = join(logs, 'runtime.log');
    const flags = ['--root', state, ...(isSandbox ? sandboxFlags(platform.options) : [])];
    const global = [...flags, '--log', complaints, '--log-format', 'json'];
    const keep = setup.runtime.canKeep ? ['--keep'] : [];
    const runtime = [program, ...global, 'run', ...keep, '--bundle', bundle, id];
    const enter = await enterInstanceNamespaces(runtimeNamespace, network.nsPath, layer);
    const [first, ...setUp] = network.setUp;
    const chain = [...setUp, ...enter, launcher.program, ...launcher.args, ...runtime];
    const environment = { env: { PATH: systemPath }, cleanEnv: true };
    const waiting = await cleanUp.add(lineUp(first, chain, context.folders.runtime, environment), dismiss);
    return new LocalInstance({
      id,
      logs,
      launch,
      address: network.address,
      cgroup: cgroups.instance,
      workload: cgroups.workload,
      main: isSandbox ? 'sandbox' : 'first-in-namespace',
      waiting,
      async stopGracefully() {
        const [nsenter, ...inside] = await enterRuntimeNamespace(runtimeNamespace);
        // gVisor's older ones listen to a socket that has its name in the network namespace.
        const there = isSandbox ? [`--net=${network.nsPath}`] : [];
        await run(nsenter, [...inside, ...there, '--', program, ...flags, 'kill', id, launch.stopSignal]);
      },
      whyNotStarted: (exit) => whyNotStarted(exit, complaints),
      layer,
      remove: () => cleanUp.run(),
    });
  });
}

/**
 * The workload has the limits alone, as on every other platform; the runtime, which stays as its parent, is counted
 * beside it. On v2 no process may be in a cgroup that hands its controllers down, so the runtime has one of its own; on v1 it is
 * in the instance's, since each further one takes the kernel time and memory that grow with the number of containers.
 */
async function createCgroups(
  id: string,
  { context, platform }: ContainerSetup,
  cleanUp: CleanUp,
): Promise<Record<'instance' | 'runtime' | 'workload', Cgroup>> {
  const instance = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
  await instance.setLimits({ cpus: null, memoryBytes: null, cpuset: context.cpuset });
  const runtime = instance.version === 1 ? instance : await instance.child('runtime');
  const workload = await instance.child('workload');
  await workload.setLimits({ ...platform.limits, cpuset: null });
  return { instance, runtime, workload };
}

async function writeBundle(
  id: string,
  { folder, platform, user, runtime }: ContainerSetup,
  layer: Layer,
  cgroup: Cgroup,
  address: string,
): Promise<string> {
  const bundle = join(folder, 'bundles', id);
  const { launch } = platform;
  await mkdir(bundle, { recursive: true });
  const openFiles = await openFileLimit(launch.box.openFiles);
  const spec = containerSpec({
    hostname: launch.box.hostname,
    files: await storeNetworkFiles(bundle, launch.box.hostname, address),
    seccomp: await seccompFilter(launch.box.seccomp),
    root: layer.merged,
    launch,
    user,
    openFiles,
    // gVisor would make a new one where none is named.
    networkNamespace: runtime.isSandbox ? '/proc/self/ns/net' : null,
    cgroup,
    resources: { memoryAndSwapBytes: (await limitsSwap(cgroup)) ? platform.limits.memoryBytes : null },
  });
  await writeFile(join(bundle, 'config.json'), JSON.stringify(spec));
  return bundle;
}

/** The runtime's log has an error when the container could not be started; a workload's own end leaves none. */
export async function whyNotStarted(exit: Exit, file: string): Promise<string | null> {
  if (exit.code === 0) return null;
  const text = await readFile(file, 'utf8').catch(() => '');
  for (const line of text.split('\n').reverse()) {
    const message = errorMessage(line);
    if (message !== null) return message;
  }
  return null;
}

export function errorMessage(line: string): string | null {
  try {
    const { level, msg } = JSON.parse(line) as { level?: string; msg?: string };
    return ['error', 'fatal'].includes(level ?? '') ? (msg ?? '') : null;
  } catch {
    return null;
  }
}
