/**
 * A machine with a docker engine of its user's, and things of the user's in it. A network namespace stands for the machine, so
 * that the engine's bridges and filter rules are not this machine's.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { dockerCommand, isAlive } from '../../../runners/docker/engine.ts';
import { runEngine } from '../../../runners/container-engine/command.ts';
import { run, start, type RunningCommand } from '../../../runners/machine/command.ts';
import { requireProgram } from '../../../runners/machine/programs.ts';
import { busyboxPayload, eventually, openLocalRun } from '../../runners/machine/local-run.ts';

export interface UsersMachine {
  /** Path of the network namespace that Tare is to be started in. */
  networkNamespace: string;
  socket: string;
  /** Containers with their state, images, networks and volumes of the engine, and the machine's network devices. */
  belongings(): Promise<Record<string, string[]>>;
  /** Kills daemon and containerd as an accident would: nothing is tidied. */
  killEngine(): Promise<void>;
  /** Starts the engine on the files that it had. */
  startEngine(): Promise<void>;
  close(): Promise<void>;
}

export async function openUsersMachine(): Promise<UsersMachine> {
  const users = await openLocalRun();
  const { folder } = users;
  const { network, cgroup } = users.context;
  const socket = join(folder, 'docker.sock');
  const engine = dockerCommand(await requireProgram('docker'), socket);
  const docker = async (...args: string[]): Promise<string[]> =>
    (await runEngine(engine, args)).stdout.split('\n').filter(Boolean).sort();
  let daemon: RunningCommand | null = null;
  const machine: UsersMachine = {
    networkNamespace: network.nsPath,
    socket,
    belongings: async () => ({
      containers: await docker('ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Names}} {{.State}}'),
      images: await docker('images', '--all', '--no-trunc', '--format', '{{.ID}} {{.Repository}}:{{.Tag}}'),
      networks: await docker('network', 'ls', '--no-trunc', '--format', '{{.ID}} {{.Name}}'),
      volumes: await docker('volume', 'ls', '--format', '{{.Name}}'),
      devices: await devices(network.namespace),
    }),
    async killEngine() {
      const pidFile = join(folder, 'runtime/exec/containerd/containerd.pid');
      const containerd = Number(await readFile(pidFile, 'utf8'));
      daemon?.kill('SIGKILL');
      process.kill(containerd, 'SIGKILL');
      await daemon?.gone;
      // Where PID 1 takes its time to reap, containerd stays a zombie, which the next daemon would take for a living one.
      await rm(pidFile);
    },
    async startEngine() {
      daemon = await startDaemon(folder, network.nsPath, join(cgroup.path, 'containers'));
      await eventually('the engine', async () => ((await isAlive(engine)) ? true : null));
    },
    async close() {
      const remains = await users.close();
      await daemon?.gone;
      if (remains.length > 0) throw new Error(`not removed: ${remains.join('; ')}`);
    },
  };
  await machine.startEngine();
  await moveIn(folder, docker);
  return machine;
}

/** What a user may have, some of it named or labelled as Tare names its own. */
async function moveIn(folder: string, docker: (...args: string[]) => Promise<string[]>): Promise<void> {
  const root = join(folder, 'payload');
  await busyboxPayload(root);
  const archive = join(folder, 'image.tar');
  await run('tar', ['--create', `--file=${archive}`, `--directory=${root}`, '.']);
  await docker('import', archive, 'shop:1');
  await docker('tag', 'shop:1', 'tare-0badcafe:mine');
  await docker('volume', 'create', 'precious');
  await docker('network', 'create', '--subnet', '198.18.0.0/24', 'tare-like');
  const sleeping = ['shop:1', '/bin/busybox', 'sleep', '100000'];
  await docker('run', '--detach', '--name', 'running', '--network', 'tare-like', ...sleeping);
  await docker('create', '--name', 'labelled', '--label', 'tare.run=tare-0badcafe', ...sleeping);
}

async function startDaemon(folder: string, nsPath: string, cgroupParent: string): Promise<RunningCommand> {
  await mkdir(join(folder, 'scratch/docker'), { recursive: true });
  await writeFile(join(folder, 'daemon.json'), '{}');
  const daemon = start('nsenter', [
    ...[`--net=${nsPath}`, await requireProgram('dockerd')],
    ...['--host', `unix://${join(folder, 'docker.sock')}`, '--pidfile', join(folder, 'runtime/docker.pid')],
    ...['--data-root', join(folder, 'scratch/docker'), '--exec-root', join(folder, 'runtime/exec')],
    ...['--config-file', join(folder, 'daemon.json'), '--cgroup-parent', cgroupParent],
    ...['--exec-opt', 'native.cgroupdriver=cgroupfs', '--log-level', 'warn'],
  ]);
  daemon.stdout.resume();
  daemon.stderr.resume();
  return daemon;
}

async function devices(namespace: string): Promise<string[]> {
  const { stdout } = await run('ip', ['-netns', namespace, '-brief', 'link', 'show']);
  return stdout.split('\n').flatMap((line) => line.split(/[\s@]/)[0] ?? []);
}
