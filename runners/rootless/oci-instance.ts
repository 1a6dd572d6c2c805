/** One container of an ordinary user, with everything that was made for it. */
import { chown, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import { run } from '../machine/command.ts';
import { together, undoneOnFailure } from '../machine/lease/clean-up.ts';
import { prepareLayer } from '../machine/mounts/overlay.ts';
import { requireProgram, systemPath } from '../machine/programs.ts';
import { removeTree } from '../machine/remove-tree.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import { whyNotStarted } from '../oci/instance.ts';
import { enterInstanceNamespaces } from '../oci/runtime-namespace.ts';
import type { Runtime } from '../oci/runtime.ts';
import { containerSpec } from '../oci/spec.ts';
import type { Instance, NewInstance, PlatformSpec, RunContext } from '../runner.ts';
import { storeNetworkFiles } from '../shared/box.ts';
import { createLauncher, dismiss, lineUp } from '../shared/launch.ts';
import { LocalInstance } from '../shared/local-instance.ts';
import type { LaunchUser } from '../shared/payload-launch.ts';
import { seccompFilter } from '../shared/seccomp.ts';
import { createCgroups, type InstanceCgroups } from './cgroups.ts';
import type { Rootless } from './fitness.ts';
import { addressInside, openPorts } from './forwarder.ts';
import { becomeUserWithLimits, enterUserNamespace, userEnvironment, type RootlessPlaces } from './places.ts';
import type { OciRootlessOptions } from './oci-runner.ts';

export interface ContainerSetup {
  runtime: Runtime;
  rootless: Rootless;
  /** The unpacked image. */
  root: string;
  user: LaunchUser;
  platform: PlatformSpec<OciRootlessOptions>;
  context: RunContext;
  places: RootlessPlaces;
  /** Where the runtime keeps its state. */
  state: string;
}

export async function createContainer(
  { id, logs, layer: from }: NewInstance,
  setup: ContainerSetup,
): Promise<Instance> {
  const { context, platform, places, root, state } = setup;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const [cgroups, network, layer] = await together([
      createCgroups(id, platform, context, places.user, cleanUp),
      cleanUp.add(context.network.prepareNamespace(id), (made) => made.dispose()),
      cleanUp.add(prepareLayer(join(context.folders.scratch, id), root, from), (made) => made.dispose()),
    ]);
    const bundle = join(places.kept, 'bundles', id);
    await cleanUp.add(writeBundle(bundle, setup, cgroups, network.address), () => removeTree(bundle));
    await cleanUp.add(Promise.resolve(join(state, id)), removeTree);
    const enter = await enterInstanceNamespaces(places.namespace, network.nsPath, {
      mountOptions: layer.mountOptions,
      merged: places.seen(join(bundle, 'rootfs')),
    });
    const joining = await createLauncher(cgroups.command.joinFiles());
    const [first, ...setUp] = network.setUp;
    const chain = [
      ...[...setUp, ...enter, ...openPorts, joining.program, ...joining.args],
      ...(await userCommand(id, setup, bundle, network.address)),
    ];
    const environment = { env: { ...userEnvironment(places), PATH: systemPath }, cleanEnv: true };
    const waiting = await cleanUp.add(lineUp(first, chain, context.folders.runtime, environment), dismiss);
    const instance = new LocalInstance({
      ...{ id, logs, waiting, launch: platform.launch, address: network.address },
      cgroup: cgroups.instance,
      workload: cgroups.workload,
      traced: cgroups.workload,
      main: 'first-in-namespace',
      stopGracefully: (pid) => kill(id, pid, setup),
      whyNotStarted: (exit) => whyNotStarted(exit, join(bundle, complaints)),
      layer,
      remove: () => cleanUp.run(),
    });
    // What carries the packets is no child of the runtime's, and nothing tells it that the container has ended.
    void instance.exited.then(() => cgroups.command.kill()).catch(() => undefined);
    return instance;
  });
}

const complaints = 'runtime.log';

/** Becomes the user and waits; then the timed part: namespaces of the user's, what carries the packets, and the runtime. */
async function userCommand(
  id: string,
  setup: ContainerSetup,
  bundle: string,
  address: string,
): Promise<string[]> {
  const { places, rootless, platform, runtime } = setup;
  const become = await becomeUserWithLimits(places.user, platform.launch.box.openFiles);
  const wait = await createLauncher([], 'wait');
  // By its text: the user may not be allowed to read the file.
  const script = await readFile(assetFile('runners/rootless/start.sh'), 'utf8');
  const folder = places.seen(bundle);
  const start = ['sh', '-c', script, 'start.sh', rootless.forwarder.program, folder];
  const log = ['--log', join(folder, complaints), '--log-format', 'json'];
  return [
    ...[...become, wait.program, ...wait.args, ...(await enterUserNamespace())],
    ...[...start, address, String(platform.launch.port)],
    ...[runtime.program, ...runtimeFlags(setup), ...log, 'run'],
    ...[...(runtime.canKeep ? ['--keep'] : []), '--bundle', folder, id],
  ];
}

function runtimeFlags({ runtime, places, state }: ContainerSetup): string[] {
  // It would take the root of a user namespace for root.
  const rootless = runtime.version.startsWith('runc ') ? ['--rootless=true'] : [];
  return ['--root', places.seen(state), ...rootless];
}

/** As the user: in the namespaces that the runtime was started in. */
async function kill(id: string, pid: number, setup: ContainerSetup): Promise<void> {
  const enter = ['--target', String(pid), '--user', '--mount', '--'];
  const { launch } = setup.platform;
  const command = [setup.runtime.program, ...runtimeFlags(setup), 'kill', id, launch.stopSignal];
  await run(await requireProgram('nsenter'), [...enter, ...command]);
}

async function writeBundle(
  bundle: string,
  { platform, user, places, rootless }: ContainerSetup,
  { workload }: InstanceCgroups,
  address: string,
): Promise<void> {
  const { launch } = platform;
  const { uid, gid } = places.user;
  await mkdir(join(bundle, 'rootfs'), { recursive: true });
  await chown(bundle, uid, gid);
  const inside = addressInside(rootless.forwarder, address);
  const files = await storeNetworkFiles(bundle, launch.box.hostname, inside);
  const spec = containerSpec({
    hostname: launch.box.hostname,
    files: Object.fromEntries(Object.entries(files).map(([path, file]) => [path, places.seen(file)])),
    seccomp: await seccompFilter(launch.box.seccomp),
    root: places.seen(join(bundle, 'rootfs')),
    launch,
    user,
    openFiles: await openFileLimit(launch.box.openFiles),
    networkNamespace: places.seen(join(bundle, 'net')),
    cgroup: workload,
    // They are set already, and a user may set none.
    resources: null,
  });
  await writeFile(join(bundle, 'config.json'), JSON.stringify(spec));
}
