/**
 * A daemon of the run's own, apart from the machine's in everything: data, socket, images, pool, profiles. It lives in
 * the run's network namespace, where it joins containers to the run's bridge, and in a cgroup of the run's.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { assetFile } from '../machine/asset.ts';
import { undoneOnFailure, type CleanUp } from '../machine/lease/clean-up.ts';
import { CommandError, run, start, type CommandResult } from '../machine/command.ts';
import { createLauncher } from '../shared/launch.ts';
import { captureLog } from '../shared/log-capture.ts';
import { createMountNamespace, createNamespaceFolder } from '../machine/mounts/mount-namespace.ts';
import { unmountBelow } from '../machine/mounts/mounts.ts';
import { requireProgram, systemPath } from '../machine/programs.ts';
import type { RunContext } from '../runner.ts';
import type { Installation } from './flavours.ts';
import { removeTree } from '../machine/remove-tree.ts';

export interface Daemon {
  /** Environment of the client's programs, all of it. */
  environment: Record<string, string>;
  /** Where it keeps the file systems of containers: `<folder>/containers/<name>/rootfs`. */
  pool: string;
  /** Where it keeps images. */
  images: string;
  /** What liblxc writes of a container. */
  logOf(container: string): string;
  client(args: readonly string[]): Promise<CommandResult>;
  /** One request of its interface. Waits for the operation that comes of it, unless told otherwise. */
  request(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: unknown, waits?: boolean): Promise<void>;
  dispose(): Promise<void>;
}

export const poolName = 'tare';

const startTimeoutMs = 60_000;
const busyPauseMs = 100;

export async function startDaemon(
  platform: string,
  installation: Installation,
  context: RunContext,
): Promise<Daemon> {
  const folder = join(context.folders.runtime, platform);
  const data = join(context.folders.scratch, `${platform}-daemon`);
  // A socket needs a short path and images a real disk: the one folder is shown at the other's place.
  const home = join(folder, 'home');
  const environment = {
    PATH: systemPath,
    HOME: folder,
    [installation.folderVariable]: home,
    [installation.clientVariable]: join(folder, 'client'),
  };
  return undoneOnFailure(context.log, async (cleanUp) => {
    const pool = join(data, 'pool');
    await cleanUp.add(makeFolders([join(data, 'home'), pool, home, join(folder, 'sys')]), async () => {
      await unmountBelow(folder);
      await removeTree(data);
    });
    await run('mount', ['--bind', join(data, 'home'), home]);
    const namespace = await createNamespace(folder, context, cleanUp);
    const cgroup = await cleanUp.add(context.cgroup.child(`${platform}-daemon`), async (made) => {
      await made.kill();
      await made.remove();
    });
    const launcher = await createLauncher(cgroup.joinFiles());
    const enter = [
      await requireProgram('nsenter'),
      `--net=${context.network.nsPath}`,
      `--mount=${namespace}`,
    ];
    const line = [installation.daemonProgram, '--group', 'root', '--logfile', join(data, 'daemon.log')];
    const daemon = start(launcher.program, [...launcher.args, ...enter, '--', ...line], {
      env: environment,
      cleanEnv: true,
    });
    const output = captureLog([daemon.stdout, daemon.stderr], join(data, 'output.log'), () => undefined);
    await cleanUp.add(Promise.resolve(), async () => {
      await cgroup.kill();
      await daemon.gone;
      await output.closed;
    });
    const ready = run(installation.daemonProgram, ['waitready', '--timeout', String(startTimeoutMs / 1000)], {
      env: environment,
      cleanEnv: true,
    });
    const ended = daemon.gone.then(() => {
      throw new Error(`${installation.title} of this run did not start:\n  ${output.tail(5).join('\n  ')}`);
    });
    await Promise.race([ready, ended]).finally(() => {
      ended.catch(() => undefined);
      ready.catch(() => undefined);
    });
    const client = (args: readonly string[]): Promise<CommandResult> =>
      run(installation.clientProgram, args, { env: environment, cleanEnv: true, signal: context.signal });
    const made: Daemon = {
      environment,
      pool,
      images: join(data, 'home', 'images'),
      logOf: (container) => join(data, 'home', 'logs', container, 'lxc.log'),
      client,
      async request(method, path, body, waits = true) {
        const wait = waits ? ['--wait'] : [];
        const data = body === undefined ? [] : ['--data', JSON.stringify(body)];
        await patiently(() => client(['query', ...wait, '--request', method, ...data, path]));
      },
      dispose: () => cleanUp.run(),
    };
    await made.request('POST', '/1.0/storage-pools', {
      name: poolName,
      driver: 'dir',
      config: { source: pool },
    });
    return made;
  });
}

/** A container that is just being started or stopped cannot be told anything; it says so. */
async function patiently(request: () => Promise<unknown>): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += busyPauseMs) {
    try {
      await request();
      return;
    } catch (error) {
      const busy = error instanceof CommandError && /Instance is busy|already running a/.test(error.stderr);
      if (!busy || waitedMs >= startTimeoutMs) throw error;
      await sleep(busyPauseMs);
    }
  }
}

async function createNamespace(folder: string, context: RunContext, cleanUp: CleanUp): Promise<string> {
  const held = join(folder, 'namespaces');
  await createNamespaceFolder(held);
  await mkdir('/run/lxc', { recursive: true });
  const script = [assetFile('runners/lxd/namespace.sh'), context.network.nsPath, join(folder, 'sys')];
  const namespace = await cleanUp.add(createMountNamespace(join(held, 'daemon'), 'sh', script), (made) =>
    made.dispose(),
  );
  return namespace.path;
}

async function makeFolders(paths: readonly string[]): Promise<void> {
  for (const path of paths) await mkdir(path, { recursive: true });
}
