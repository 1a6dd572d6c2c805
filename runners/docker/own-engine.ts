/**
 * A docker engine for one platform of one run, apart from the machine's own in everything: data, sockets, containerd,
 * configuration. It lives in the run's network namespace, so that its bridge and its filter rules are there and end
 * with it; the run's cgroup, network and folders are leased already, and with them all that it makes.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { undoneOnFailure } from '../machine/lease/clean-up.ts';
import { start } from '../machine/command.ts';
import { createLauncher, type Launcher } from '../shared/launch.ts';
import { captureLog } from '../shared/log-capture.ts';
import { requireProgram, systemPath } from '../machine/programs.ts';
import { createEngineNamespace } from '../container-engine/namespace.ts';
import type { EngineCommand } from '../container-engine/command.ts';
import type { Runtime } from '../oci/runtime.ts';
import type { RunContext } from '../runner.ts';
import { dockerCommand, isAlive } from './engine.ts';
import { removeTree } from '../machine/remove-tree.ts';

export interface OwnEngine {
  engine: EngineCommand;
  /** Of its daemons; shims that no instance has fetched are there, too. */
  cgroup: Cgroup;
  dispose(): Promise<void>;
}

interface Places {
  /** On a short path: sockets. */
  sockets: string;
  /** On a real disk: images and layers. */
  data: string;
  mountNamespace: string;
}

interface Daemon {
  exited: Promise<unknown>;
  hasExited(): boolean;
  lastLines(): string;
}

const startTimeoutMs = 60_000;
const pollMs = 50;
/** Not needed for containers, and some write outside of the folders that they are given. */
const disabledPlugins = [
  'io.containerd.grpc.v1.cri',
  'io.containerd.internal.v1.opt',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
];

export async function startOwnEngine(
  platform: string,
  cli: string,
  runtime: Runtime & { name: string },
  context: RunContext,
): Promise<OwnEngine> {
  const sockets = join(context.folders.runtime, platform);
  const data = join(context.folders.scratch, `${platform}-engine`);
  return undoneOnFailure(context.log, async (cleanUp) => {
    for (const folder of [sockets, data]) await cleanUp.add(makeFolder(folder), removeFolder);
    const namespace = await cleanUp.add(
      createEngineNamespace({
        ...{ kept: sockets, scratch: data, varFolder: null },
        hiddenHierarchy: runtime.hiddenHierarchy,
      }),
      (made) => made.dispose(),
    );
    const cgroup = await cleanUp.add(context.cgroup.child(`${platform}-engine`), (made) => made.remove());
    const places = { sockets, data, mountNamespace: namespace.path };
    const launcher = await createLauncher(cgroup.joinFiles());
    const daemons: Daemon[] = [];
    await cleanUp.add(Promise.resolve(daemons), async () => {
      await cgroup.kill();
      await Promise.all(daemons.map((daemon) => daemon.exited));
    });
    daemons.push(await startDaemon(await containerdLine(places), places, launcher, context));
    daemons.push(await startDaemon(await dockerdLine(places, runtime), places, launcher, context));
    const engine = dockerCommand(cli, join(sockets, 'docker.sock'));
    await untilItAnswers(engine, daemons);
    return { engine, cgroup, dispose: () => cleanUp.run() };
  });
}

async function containerdLine({ sockets, data }: Places): Promise<string[]> {
  const file = join(data, 'containerd.toml');
  const text = [
    'version = 2',
    `root = ${JSON.stringify(join(data, 'containerd'))}`,
    `state = ${JSON.stringify(join(sockets, 'containerd'))}`,
    `disabled_plugins = ${JSON.stringify(disabledPlugins)}`,
    `[grpc]\naddress = ${JSON.stringify(containerdSocket(sockets))}`,
    '[debug]\nlevel = "warn"',
  ];
  await writeFile(file, `${text.join('\n')}\n`);
  return [await requireProgram('containerd'), '--config', file];
}

async function dockerdLine(
  { sockets, data }: Places,
  runtime: Runtime & { name: string },
): Promise<string[]> {
  const configuration = join(data, 'daemon.json');
  await writeFile(configuration, '{}\n');
  return [
    await requireProgram('dockerd'),
    ...['--config-file', configuration, '--host', `unix://${join(sockets, 'docker.sock')}`],
    ...['--data-root', join(data, 'docker'), '--exec-root', join(sockets, 'exec')],
    ...['--pidfile', join(sockets, 'docker.pid'), '--containerd', containerdSocket(sockets)],
    // No default bridge: the run has a network of its own in it.
    ...['--bridge', 'none', '--exec-opt', 'native.cgroupdriver=cgroupfs', '--log-level', 'warn'],
    // runc is known to every engine, and its name is taken.
    ...(runtime.name === 'runc' ? [] : ['--add-runtime', `${runtime.name}=${runtime.program}`]),
  ];
}

function containerdSocket(sockets: string): string {
  return join(sockets, 'containerd.sock');
}

async function startDaemon(
  line: readonly string[],
  { data, mountNamespace }: Places,
  launcher: Launcher,
  { network }: RunContext,
): Promise<Daemon> {
  const name = (line[0] ?? '').split('/').at(-1) ?? '';
  const namespaces = [`--net=${network.nsPath}`, `--mount=${mountNamespace}`, '--'];
  const enter = [await requireProgram('nsenter'), ...namespaces];
  const daemon = start(launcher.program, [...launcher.args, ...enter, ...line], {
    env: { PATH: systemPath },
    cleanEnv: true,
  });
  const log = captureLog([daemon.stdout, daemon.stderr], join(data, `${name}.log`), () => undefined);
  const state = { hasExited: false };
  void daemon.gone.then(() => {
    state.hasExited = true;
  });
  return {
    exited: daemon.gone.then(() => log.closed),
    hasExited: () => state.hasExited,
    lastLines: () => `${name}: ${log.tail(5).join('\n  ')}`,
  };
}

async function untilItAnswers(engine: EngineCommand, daemons: readonly Daemon[]): Promise<void> {
  for (let waitedMs = 0; waitedMs < startTimeoutMs; waitedMs += pollMs) {
    if (await isAlive(engine)) return;
    if (daemons.some((daemon) => daemon.hasExited())) break;
    await sleep(pollMs);
  }
  const said = daemons.map((daemon) => daemon.lastLines()).join('\n  ');
  throw new Error(`the docker engine of this run did not start:\n  ${said}`);
}

async function makeFolder(path: string): Promise<string> {
  await mkdir(path, { recursive: true });
  return path;
}

function removeFolder(path: string): Promise<void> {
  return removeTree(path);
}
