/** Docker's command line, and whose engine it speaks to. */
import { access } from 'node:fs/promises';
import type { Unfit } from '../shared/prerequisites.ts';
import { findProgram, missingPrograms } from '../machine/programs.ts';
import { runEngine, type EngineCommand } from '../container-engine/command.ts';
import { findRuntime, type Runtime } from '../oci/runtime.ts';
import type { SandboxOptions } from '../oci/sandbox.ts';
import { isUsersSandbox, whyNoUsersSandbox, type KnownRuntime } from './users-sandbox.ts';

/** The sandbox's are for gVisor's runtime alone. */
export interface DockerOptions extends SandboxOptions {
  /** `auto`: the user's where it can be used, else one that Tare starts for the run. */
  engine: 'auto' | 'user' | 'own';
  /** Socket of the user's engine. */
  socket: string;
  /** OCI runtime: a name on the PATH for an engine of Tare's, one that the user's engine knows for that. */
  runtime: string;
}

/** What `docker info` says and Tare needs. */
export interface EngineInfo {
  ServerVersion: string;
  CgroupDriver: string;
  LoggingDriver: string;
  Driver: string;
  Runtimes: Record<string, KnownRuntime>;
}

export type ChosenEngine =
  | {
      whose: 'user';
      engine: EngineCommand;
      info: EngineInfo;
      runtime: Pick<Runtime, 'isSandbox'>;
      note: string | null;
    }
  | { whose: 'own'; cli: string; runtime: Runtime; note: string | null };

const answerTimeoutMs = 10_000;
/** Of an engine that Tare starts; Debian has them all in docker.io and what it depends on. */
const ownPrograms = ['dockerd', 'containerd', 'containerd-shim-runc-v2', 'iptables'];

export async function chooseEngine(options: DockerOptions): Promise<ChosenEngine | Unfit> {
  const cli = await findProgram('docker');
  if (cli === null) return noClient();
  if (options.engine === 'own') return chooseOwn(cli, options, null);
  const user = await chooseUsers(cli, options);
  if (options.engine === 'user' || 'whose' in user) return user;
  return chooseOwn(cli, options, `an engine of Tare's own, since ${user.reason}`);
}

/** Debian 13 split the client off into a package that docker.io only recommends. */
async function noClient(): Promise<Unfit> {
  const hasEngine = (await findProgram('dockerd')) !== null;
  return hasEngine
    ? { reason: "docker's engine is installed, its client is not", remedy: 'apt-get install docker-cli' }
    : { reason: 'docker is not installed', remedy: 'Run "tare doctor --fix", or: apt-get install docker.io' };
}

/** The command line for an engine behind a socket, with nothing of the user's configuration. */
export function dockerCommand(cli: string, socket: string): EngineCommand {
  // A folder that is not there: proxies and credentials of the user's would reach the workload.
  return {
    enter: [],
    program: cli,
    args: ['--config', '/nonexistent', '--host', `unix://${socket}`],
    env: {},
  };
}

/** Whether an engine answers. */
export async function isAlive(engine: EngineCommand): Promise<boolean> {
  const args = ['version', '--format', '{{.Server.Version}}'];
  return runEngine(engine, args, { timeoutMs: answerTimeoutMs }).then(
    () => true,
    () => false,
  );
}

/** The first version of the API that takes a container's MAC address for a network. */
const macApi = 1.44;

/** Whether a container can be given a MAC address; engines that do not take one derive it from the address. */
export async function takesMac(engine: EngineCommand): Promise<boolean> {
  const { stdout } = await runEngine(engine, ['version', '--format', '{{.Server.APIVersion}}']);
  return Number(stdout) >= macApi;
}

export async function engineInfo(engine: EngineCommand): Promise<EngineInfo> {
  const { stdout } = await runEngine(engine, ['info', '--format', '{{json .}}'], {
    timeoutMs: answerTimeoutMs,
  });
  return JSON.parse(stdout) as EngineInfo;
}

async function chooseUsers(
  cli: string,
  options: DockerOptions,
): Promise<(ChosenEngine & { whose: 'user' }) | Unfit> {
  const { socket, runtime } = options;
  const engine = dockerCommand(cli, socket);
  if (
    (await access(socket).then(
      () => false,
      () => true,
    )) ||
    !(await isAlive(engine))
  ) {
    return {
      reason: `no docker engine answers at ${socket}`,
      remedy: 'start it (systemctl start docker), or let Tare start one: engine: own',
    };
  }
  const info = await engineInfo(engine);
  if (info.CgroupDriver !== 'cgroupfs') {
    return {
      reason: `the docker engine at ${socket} puts containers where ${info.CgroupDriver} keeps them, not in the run's cgroup`,
      remedy:
        "let Tare start an engine of its own (engine: own), or set the user's to native.cgroupdriver=cgroupfs",
    };
  }
  const known = info.Runtimes[runtime];
  if (known === undefined) {
    return {
      reason: `the docker engine at ${socket} knows no runtime ${runtime} (it knows ${Object.keys(info.Runtimes).join(', ')})`,
      remedy: 'add it to the engine, or let Tare start one: engine: own',
    };
  }
  const isSandbox = isUsersSandbox(runtime, known);
  const unfit = isSandbox ? await whyNoUsersSandbox(known, options) : null;
  return unfit ?? { whose: 'user', engine, info, runtime: { isSandbox }, note: null };
}

async function chooseOwn(
  cli: string,
  options: DockerOptions,
  note: string | null,
): Promise<ChosenEngine | Unfit> {
  const missing = await missingPrograms(ownPrograms);
  if (missing.length > 0) {
    const why = note === null ? '' : ` (wanted: ${note})`;
    return { reason: `not installed: ${missing.join(', ')}${why}`, remedy: 'apt-get install docker.io' };
  }
  const runtime = await findRuntime(options.runtime);
  return 'reason' in runtime ? runtime : { whose: 'own', cli, runtime, note };
}
