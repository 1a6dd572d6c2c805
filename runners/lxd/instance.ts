/** One container of the run's own LXD with everything that was made for it. */
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { run, start } from '../machine/command.ts';
import { presentMaskedPaths, writeNetworkFiles } from '../shared/box.ts';
import { unusedPath, writeContainerStart } from '../shared/container-start.ts';
import { startComplaint, takeOff } from '../shared/start-program.ts';
import { createLauncher, dismiss, lineUp } from '../shared/launch.ts';
import { openFileLimit } from '../machine/resource-limits.ts';
import { LocalInstance, type LocalInstanceParts } from '../shared/local-instance.ts';
import type { LaunchUser } from '../shared/payload-launch.ts';
import { allocatedBelow } from '../machine/tree-size.ts';
import { lxcCgroups } from '../lxc/config.ts';
import { limitsSwap } from '../machine/cgroup/swap-accounting.ts';
import type { Exit, Instance, PlatformSpec, RunContext } from '../runner.ts';
import { loggedComplaint, withConsole } from './console.ts';
import { containerName, containerRequest } from './container.ts';
import { poolName, type Daemon } from './daemon.ts';
import type { Installation } from './flavours.ts';
import type { LxdOptions } from './runner.ts';

export interface LxdSetup {
  platform: PlatformSpec<LxdOptions>;
  context: RunContext;
  user: LaunchUser;
  installation: Installation;
  daemon: Daemon;
  /** Alias of the payload's image. */
  image: string;
  /** File with the filter of system calls; null: there is none. */
  seccomp: string | null;
}

export async function createLxd(
  { id, logs }: { id: string; logs: string },
  setup: LxdSetup,
): Promise<Instance> {
  const { context, daemon, installation, platform } = setup;
  const { launch, limits } = platform;
  const name = containerName(id);
  return undoneOnFailure(context.log, async (cleanUp) => {
    const cgroup = await cleanUp.add(context.cgroup.child(id), (made) => made.remove());
    await cgroup.setLimits({ cpus: null, memoryBytes: null, cpuset: context.cpuset });
    await cgroup.fillChildren();
    const command = await cgroup.child('command');
    const place = await cleanUp.add(context.network.reserve(), (made) => made.dispose());
    const root = join(daemon.pool, 'containers', name, 'rootfs');
    const output = unusedPath('output');
    const path = unusedPath('start');
    const console = join(root, output);
    const request = containerRequest({
      ...{ name, image: setup.image, pool: poolName, launch, limits, place, console, start: path },
      socketKey: installation.socketKey,
      seccomp: setup.seccomp,
      masked: await presentMaskedPaths(),
      cpuset: context.cpuset,
      cgroup,
      limitsSwap: await limitsSwap(command),
      openFiles: await openFileLimit(launch.box.openFiles),
    });
    const container = containerAt(name, daemon);
    await cleanUp.add(daemon.request('POST', '/1.0/instances', request), () => container.remove());
    await writeNetworkFiles(root, launch.box.hostname, place.address);
    // The daemon cannot be told to leave the console out, and it is by the console that the container's end is known.
    const device = '/dev/console';
    const differs = { first: [takeOff(device)], files: [device, output], output };
    await writeContainerStart({ root, path, launch, user: setup.user, differs });
    await run('mkfifo', ['--mode=666', console]);
    // They are mounted on, but only where they are.
    for (const folder of ['proc', 'sys', 'dev']) await mkdir(join(root, folder), { recursive: true });
    const launcher = await createLauncher(command.joinFiles(), 'wait');
    const chain = [...launcher.args, installation.clientProgram, 'start', name];
    const environment = { env: daemon.environment, cleanEnv: true };
    const waiting = await cleanUp.add(
      lineUp(launcher.program, chain, context.folders.runtime, environment),
      dismiss,
    );
    const reader = await cleanUp.add(Promise.resolve(start('cat', [console])), async (made) => {
      made.kill();
      await made.gone;
    });
    const log = daemon.logOf(name);
    return new LxdInstance(
      {
        id,
        logs,
        launch,
        address: place.address,
        cgroup,
        workload: cgroup.named(lxcCgroups.workload),
        main: 'first-in-namespace',
        waiting: withConsole(waiting, reader, log, cgroup),
        // The answer is an operation that has begun; `exited` tells of its end.
        stopGracefully: () => container.stop(false),
        whyNotStarted: (exit, lines) => whyNotStarted(exit, lines, log),
        layer: { allocatedBytes: () => allocatedBelow(root), copyTo: null, open: null },
        remove: () => cleanUp.run(),
      },
      () => container.remove(),
    );
  });
}

/** The daemon lets go of a container before its processes are ended: one that it misses is cleaned up behind it. */
class LxdInstance extends LocalInstance {
  readonly #removeContainer: () => Promise<void>;

  constructor(parts: LocalInstanceParts, removeContainer: () => Promise<void>) {
    super(parts);
    this.#removeContainer = removeContainer;
  }

  override async dispose(): Promise<void> {
    // A daemon that has died removes nothing; what it held is the run's and is removed below.
    await this.#removeContainer().catch(() => undefined);
    await super.dispose();
  }
}

interface Container {
  stop(isForced: boolean): Promise<void>;
  remove(): Promise<void>;
}

function containerAt(name: string, daemon: Daemon): Container {
  const path = `/1.0/instances/${name}`;
  let isGone = false;
  const stop = (isForced: boolean): Promise<void> =>
    daemon
      .request('PUT', `${path}/state`, { action: 'stop', force: isForced, timeout: -1 }, isForced)
      .catch(unless(/already stopped|not running|not found/i));
  return {
    stop,
    async remove() {
      if (isGone) return;
      await stop(true);
      await daemon.request('DELETE', path).catch(unless(/not found/i));
      isGone = true;
    },
  };
}

/** Passes over a failure that says that there was nothing to do. */
function unless(nothing: RegExp): (error: unknown) => void {
  return (error) => {
    if (!(error instanceof Error && nothing.test(error.message))) throw error;
  };
}

async function whyNotStarted(exit: Exit, lines: readonly string[], log: string): Promise<string | null> {
  if (exit.code === 0) return null;
  const notBegun = startComplaint(lines);
  if (notBegun !== null) return notBegun;
  const said = lines.find((line) => line.startsWith('Error: '));
  if (said === undefined) return null;
  return loggedComplaint(await readFile(log, 'utf8').catch(() => '')) ?? said;
}
