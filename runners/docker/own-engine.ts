/**
 * A docker engine for one platform of one run, with a containerd of its own. It lives in the run's network namespace, so that its
 * bridge and its filter rules are there and end with it.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineCommand } from '../container-engine/command.ts';
import { containerdLine, containerdSocket } from '../container-engine/containerd.ts';
import { startEngine, type Places, type RunningEngine } from '../container-engine/daemon.ts';
import { requireProgram } from '../machine/programs.ts';
import { engineRuntime } from '../oci/engine-runtime.ts';
import type { Runtime } from '../oci/runtime.ts';
import type { PlatformSpec, RunContext } from '../runner.ts';
import { dockerCommand, isAlive, type DockerOptions } from './engine.ts';

export interface OwnEngine extends Pick<RunningEngine, 'cgroup' | 'dispose'> {
  engine: EngineCommand;
}

export async function startOwnEngine(
  { id, options }: Pick<PlatformSpec<DockerOptions>, 'id' | 'options'>,
  cli: string,
  runtime: Runtime,
  context: RunContext,
): Promise<OwnEngine> {
  const commandFor = ({ sockets }: Places): EngineCommand => dockerCommand(cli, join(sockets, 'docker.sock'));
  const { places, cgroup, dispose } = await startEngine(id, context, {
    name: 'the docker engine',
    hiddenHierarchy: runtime.hiddenHierarchy,
    lines: async (made) => [await containerdLine(made), await dockerdLine(made, runtime, options)],
    isAlive: (made) => isAlive(commandFor(made)),
  });
  return { engine: commandFor(places), cgroup, dispose };
}

async function dockerdLine(
  { sockets, data }: Places,
  runtime: Runtime,
  options: DockerOptions,
): Promise<string[]> {
  const { runtime: name } = options;
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
    ...(name === 'runc' ? [] : ['--add-runtime', `${name}=${await engineRuntime(runtime, options, data)}`]),
  ];
}
