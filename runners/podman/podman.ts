/** Podman's command line for one run: with a store, a network and a runtime folder that are not the user's. */
import { run } from '../machine/command.ts';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CleanUp } from '../machine/lease/clean-up.ts';
import type { Unfit } from '../shared/prerequisites.ts';
import { findProgram, missingPrograms, requireProgram, systemPath } from '../machine/programs.ts';
import { createEngineNamespace } from '../container-engine/namespace.ts';
import { runEngine, type EngineCommand } from '../container-engine/command.ts';
import { engineRuntime } from '../oci/engine-runtime.ts';
import { findRuntime, type Runtime } from '../oci/runtime.ts';
import type { SandboxOptions } from '../oci/sandbox.ts';
import { capabilities } from '../oci/spec.ts';
import type { PlatformSpec, RunContext } from '../runner.ts';
import { removeTree } from '../machine/remove-tree.ts';

/** The sandbox's are for gVisor's runtime alone. */
export interface PodmanOptions extends SandboxOptions {
  /** OCI runtime, by its name on the PATH. */
  runtime: string;
}

export interface FoundPodman {
  program: string;
  /** For instance `podman 4.3.1`. */
  version: string;
  runtime: Runtime;
}

/** Where distributions keep podman's helpers. */
const helperFolders = [
  '/usr/local/libexec/podman',
  '/usr/local/lib/podman',
  '/usr/libexec/podman',
  '/usr/lib/podman',
];

export async function findPodman(options: PodmanOptions): Promise<FoundPodman | Unfit> {
  const program = await findProgram('podman');
  if (program === null)
    return { reason: 'podman is not installed', remedy: 'apt-get install podman netavark' };
  const helpers = await Promise.all(helperFolders.map((folder) => findProgram(join(folder, 'netavark'))));
  const netavark = helpers.find((helper) => helper !== null) ?? null;
  const filter = netavark === null ? [] : [await firewallOf(netavark)];
  const missing = await missingPrograms(['conmon', ...filter]);
  if (netavark === null) missing.push('netavark');
  if (missing.length > 0) {
    const packages = missing.map((name) => (name === 'nft' ? 'nftables' : name));
    return {
      reason: `not installed: ${missing.join(', ')}`,
      remedy: `apt-get install ${packages.join(' ')}`,
    };
  }
  const runtime = await findRuntime(options.runtime);
  if ('reason' in runtime) return runtime;
  return { program, version: await podmanVersion(program), runtime };
}

/** For instance `podman 4.3.1`. */
export async function podmanVersion(program: string): Promise<string> {
  const { stdout } = await run(program, ['--version'], { env: { PATH: systemPath }, cleanEnv: true });
  return stdout.trim().replace(' version ', ' ');
}

/** The program that it sets up a network with: older ones know iptables alone, and do not say so. */
async function firewallOf(netavark: string): Promise<'nft' | 'iptables'> {
  const { stdout } = await run(netavark, ['version']);
  return firewallIn(stdout);
}

/** @param version what `netavark version` prints */
export function firewallIn(version: string): 'nft' | 'iptables' {
  const { default_fw_driver: driver } = JSON.parse(version) as { default_fw_driver?: string };
  return driver === 'nftables' ? 'nft' : 'iptables';
}

export interface PodmanPlaces {
  engine: EngineCommand;
  /** Folder of its networks' definitions. */
  networks: string;
  /** File that it writes its events to. */
  eventFile: string;
}

/**
 * Podman has no daemon: every command enters the run's network namespace, where its bridge then is, and a mount namespace
 * with a /run of its own, since its locks and its network namespaces are at fixed places.
 */
export async function openPodman(
  found: FoundPodman,
  { id: platform, options }: Pick<PlatformSpec<PodmanOptions>, 'id' | 'options'>,
  context: RunContext,
  cleanUp: CleanUp,
): Promise<PodmanPlaces> {
  const kept = join(context.folders.runtime, platform);
  const store = join(context.folders.scratch, `${platform}-engine`);
  const networks = join(store, 'networks');
  const remove = removeTree;
  await cleanUp.add(mkdir(kept, { recursive: true }), () => remove(kept));
  await cleanUp.add(mkdir(networks, { recursive: true }), () => remove(store));
  const { hiddenHierarchy } = found.runtime;
  const places = { kept, scratch: store, varFolder: '/var/lib/containers', hiddenHierarchy };
  const namespace = await cleanUp.add(createEngineNamespace(places), (made) => made.dispose());
  const configuration = join(store, 'containers.conf');
  const eventFile = join(store, 'events.ndjson');
  await writeFile(configuration, configurationText(eventFile, networks));
  const runtime = await engineRuntime(found.runtime, options, store);
  const enter = [`--net=${context.network.nsPath}`, `--mount=${namespace.path}`, '--'];
  const engine = {
    enter: [await requireProgram('nsenter'), ...enter],
    program: found.program,
    args: [
      ...['--root', join(store, 'root'), '--runroot', '/run/containers/storage'],
      ...['--storage-driver', 'overlay', '--runtime', runtime],
    ],
    env: { PATH: systemPath, CONTAINERS_CONF: configuration },
  };
  return { engine, networks, eventFile };
}

/** Whether podman works; there is nothing that could have ended. */
export async function podmanAnswers(engine: EngineCommand): Promise<boolean> {
  return runEngine(engine, ['version'], { timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
}

/** @param networks folder of its networks' definitions; null: it has none that netavark runs */
export function configurationText(eventFile: string, networks: string | null): string {
  return [
    '[engine]',
    'cgroup_manager = "cgroupfs"',
    'events_logger = "file"',
    `events_logfile_path = ${JSON.stringify(eventFile)}`,
    '[containers]',
    // Podman's own set is smaller than docker's.
    `default_capabilities = ${JSON.stringify(capabilities)}`,
    ...(networks === null
      ? []
      : ['[network]', 'network_backend = "netavark"', `network_config_dir = ${JSON.stringify(networks)}`]),
    '',
  ].join('\n');
}
