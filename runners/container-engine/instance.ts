/** One container of an engine, started as a person starts it: by the engine's command line, which stays attached to it. */
import { join } from 'node:path';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { seccompFile } from '../shared/seccomp.ts';
import { createLauncher, dismiss, lineUp } from '../shared/launch.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import type { MainProcess } from '../shared/main-process.ts';
import type { LaunchUser } from '../shared/payload-launch.ts';
import { limitsSwap } from '../machine/cgroup/swap-accounting.ts';
import type { Exit, Instance, NewInstance, PlatformSpec, RunContext } from '../runner.ts';
import { runEngine, type EngineCommand } from './command.ts';
import type { EngineEvents } from './events.ts';
import { EngineInstance } from './engine-instance.ts';
import { layerBytes, openEngineRoot } from './layer-bytes.ts';
import type { Attachment } from './network.ts';
import { runArguments } from './run-arguments.ts';
import { cgroupWithShim } from './shim.ts';

/** By which an engine starts a container again that has ended, however it ended; no engine does that by default. */
export const restartOption = '--restart=always';

/** What engines differ in. */
export interface EngineTraits {
  /** For messages: `docker`. */
  name: string;
  /** Options of `run` besides those that all engines share. */
  runOptions: readonly string[];
  /** Variables that it adds to a container's environment, although docker does not. */
  additions: readonly string[];
  /** Tells of a container, or fails where there is none; its name follows. */
  inspection: readonly string[];
  /** Remove a container at once, whatever state it is in; its name follows each. All but the last may have nothing to do. */
  removals: readonly (readonly string[])[];
  /** Whether the process that looks after a container is started by the engine, outside of the command's cgroup. */
  hasShim: boolean;
  /** Whether it is told the MAC address, or takes the one that it derives from the IP address. */
  setsMac: boolean;
  /** Which process of a container is the workload's: that depends on the engine's runtime. */
  main: MainProcess;
}

export interface ContainerSetup {
  engine: EngineCommand;
  traits: EngineTraits;
  /** Name or id of the image. */
  image: string;
  network: {
    name: string;
    /** An address for one more container, with everything prepared for who asks it. */
    attach(): Promise<Attachment>;
  };
  events: EngineEvents;
  user: LaunchUser;
  platform: PlatformSpec<unknown>;
  context: RunContext;
  isAlive(): Promise<boolean>;
}

export async function createEngineContainer(
  { id, logs, restarts = false }: NewInstance,
  setup: ContainerSetup,
): Promise<Instance> {
  const { context, platform, engine, traits, network, events } = setup;
  const { launch, limits } = platform;
  return undoneOnFailure(context.log, async (cleanUp) => {
    const cgroup = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
    await cgroup.setLimits({ cpus: null, memoryBytes: null, cpuset: context.cpuset });
    const [command, workload] = [await cgroup.child('runtime'), await cgroup.child('workload')];
    const place = await cleanUp.add(network.attach(), (made) => made.dispose());
    const launcher = await createLauncher(command.joinFiles(), 'wait');
    const [first = '', ...enter] = engine.enter.concat(launcher.program);
    const args = runArguments({
      ...{ id, image: setup.image, launch, user: setup.user, limits, cpuset: context.cpuset },
      openFiles: await openFileLimit(launch.box.openFiles),
      seccomp: await seccompFile(launch.box.seccomp),
      limitsSwap: await limitsSwap(workload),
      cgroupParent: workload.path,
      network: { name: network.name, address: place.address, mac: traits.setsMac ? place.mac : null },
      more: [
        ...traits.runOptions,
        ...(restarts ? [restartOption] : []),
        ...withoutAdditions(launch.environment, traits),
      ],
    });
    const chain = [...enter, ...launcher.args, engine.program, ...engine.args, ...args];
    const environment = { env: { ...engine.env }, cleanEnv: true };
    const waiting = await cleanUp.add(lineUp(first, chain, context.folders.runtime, environment), dismiss);
    const instance = new EngineInstance(
      {
        id,
        logs,
        launch,
        address: place.address,
        cgroup: traits.hasShim ? cgroupWithShim(cgroup, workload, command) : cgroup,
        workload,
        main: traits.main,
        waiting,
        async stopGracefully() {
          await runEngine(engine, ['kill', '--signal', launch.stopSignal, id]);
        },
        whyNotStarted: (exit, lines) => Promise.resolve(whyNotStarted(exit, lines)),
        layer: {
          allocatedBytes: () => layerBytes(engine, id),
          copyTo: null,
          open: () => openEngineRoot(engine, id, join(context.folders.scratch, `${id}-root`)),
        },
        async remove() {
          events.forget(id);
          await cleanUp.run();
        },
      },
      setup,
    );
    events.follow(id, instance.marks);
    return instance;
  });
}

/** The environment is the same as on every other platform. */
export function withoutAdditions(
  declared: Record<string, string>,
  { additions }: Pick<EngineTraits, 'additions'>,
): string[] {
  return additions.filter((name) => !(name in declared)).flatMap((name) => ['--unsetenv', name]);
}

/** What docker and podman end with when they, or the runtime below them, could not start the command. */
const notStartedCodes = [125, 126, 127];

/**
 * Their complaint among the last lines: a workload that ends with such a code by itself leaves none. Of a runtime that does not
 * write a log for it podman says only how it ended; why is the line before, which is the runtime's own.
 */
export function whyNotStarted({ code }: Exit, lines: readonly string[]): string | null {
  if (code === null || !notStartedCodes.includes(code)) return null;
  const at = lines.findIndex((line) => /^(docker|Error): /.test(line));
  const [before, complaint] = [lines[at - 1], lines[at]];
  if (complaint === undefined) return null;
  return before !== undefined && / failed: exit status \d+$/.test(complaint)
    ? `${before}\n  ${complaint}`
    : complaint;
}
