/** One container of an ordinary user's podman, started by its command line, which stays attached to it. */
import { runEngine, type EngineCommand } from '../container-engine/command.ts';
import { EngineInstance } from '../container-engine/engine-instance.ts';
import type { EngineEvents } from '../container-engine/events.ts';
import { whyNotStarted, withoutAdditions } from '../container-engine/instance.ts';
import { layerBytes } from '../container-engine/layer-bytes.ts';
import { runArguments } from '../container-engine/run-arguments.ts';
import { limitsSwap } from '../machine/cgroup/swap-accounting.ts';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import { podmanAnswers } from '../podman/podman.ts';
import { podmanTraits } from '../podman/runner.ts';
import type { Instance, PlatformSpec, RunContext } from '../runner.ts';
import { createLauncher, dismiss, lineUp } from '../shared/launch.ts';
import type { LaunchUser } from '../shared/payload-launch.ts';
import { seccompFile } from '../shared/seccomp.ts';
import { createCgroups } from './cgroups.ts';
import type { Rootless } from './fitness.ts';
import { openPorts } from './forwarder.ts';
import { becomeUserWithLimits, enterPlaces, type RootlessPlaces } from './places.ts';

export interface ContainerSetup {
  engine: EngineCommand;
  image: string;
  events: EngineEvents;
  user: LaunchUser;
  rootless: Rootless;
  platform: PlatformSpec<unknown>;
  context: RunContext;
  places: RootlessPlaces;
}

export async function createContainer(
  { id, logs }: { id: string; logs: string },
  setup: ContainerSetup,
): Promise<Instance> {
  const { context, platform, engine, events, places } = setup;
  const { launch } = platform;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const cgroups = await createCgroups(id, platform, context, places.user, cleanUp);
    const network = await cleanUp.add(context.network.attachNamespace(id), (made) => made.dispose());
    const main = 'first-in-namespace';
    const traits = await podmanTraits(main);
    const { workload } = cgroups;
    const args = runArguments({
      ...{ id, image: setup.image, launch, user: setup.user, cpuset: null },
      openFiles: await openFileLimit(launch.box.openFiles),
      seccomp: await seccompFile(launch.box.seccomp),
      // Version 1 can hand on none, and podman then leaves them out: those of the cgroup above hold.
      limits: workload.version === 1 ? null : platform.limits,
      limitsSwap: await limitsSwap(workload),
      cgroupParent: workload.path,
      network: null,
      more: [
        ...networkArguments(setup.rootless, launch.port),
        ...traits.runOptions,
        ...withoutAdditions(launch.environment, traits),
      ],
    });
    const join = await createLauncher(cgroups.command.joinFiles());
    const wait = await createLauncher([], 'wait');
    const [first, ...enter] = await enterPlaces(places, network.nsPath);
    const chain = [
      ...[
        ...enter,
        ...openPorts,
        join.program,
        ...join.args,
        ...(await becomeUserWithLimits(places.user, launch.box.openFiles)),
      ],
      ...[wait.program, ...wait.args, engine.program, ...engine.args, ...args],
    ];
    const environment = { env: { ...engine.env }, cleanEnv: true };
    const waiting = await cleanUp.add(lineUp(first, chain, context.folders.runtime, environment), dismiss);
    const instance = new EngineInstance(
      {
        ...{ id, logs, launch, workload, waiting, address: network.address },
        cgroup: cgroups.instance,
        traced: workload,
        main,
        async stopGracefully() {
          await runEngine(engine, ['kill', '--signal', launch.stopSignal, id]);
        },
        whyNotStarted: (exit, lines) => Promise.resolve(whyNotStarted(exit, lines)),
        // Its layers have marks that only the user namespace's overlayfs reads.
        layer: { allocatedBytes: () => layerBytes(engine, id, places.unseen), copyTo: null, open: null },
        async remove() {
          events.forget(id);
          await cleanUp.run();
        },
      },
      { engine, traits, isAlive: () => podmanAnswers(engine) },
    );
    events.follow(id, instance.marks);
    return instance;
  });
}

/** The workload's port is that of the instance's address, as if nothing were in between. */
function networkArguments({ forwarder }: Rootless, port: number): string[] {
  const publish = port === 0 ? [] : ['--publish', `${port}:${port}/tcp`];
  return ['--network', forwarder.name, ...publish];
}
