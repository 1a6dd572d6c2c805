/** libvirt's daemon for one platform of one run, apart from the machine's own in everything it keeps. */
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runEngine, type EngineCommand } from '../container-engine/command.ts';
import { startEngine, type Places, type RunningEngine } from '../container-engine/daemon.ts';
import { assetFile } from '../machine/asset.ts';
import { run } from '../machine/command.ts';
import { translatePath } from '../machine/mounts/translate-path.ts';
import { findProgram, requireProgram, systemPath } from '../machine/programs.ts';
import { exists } from '../payload/cache-entry.ts';
import { vmUser } from '../qemu/vm/confine.ts';
import type { RunContext } from '../runner.ts';
import type { Unfit } from '../shared/prerequisites.ts';

export interface FoundLibvirt {
  /** Path of the daemon. */
  daemon: string;
  /** Path of `virsh`. */
  client: string;
  /** For instance `libvirt 9.0.0`. */
  version: string;
}

/** The daemon of everything, then that of QEMU alone, which some distributions have in its place. */
const daemonNames = ['libvirtd', 'virtqemud'];

/** The daemon's part for QEMU, which may be in a package of its own: of Debian, Fedora and Arch. */
export const libvirtDrivers = ['/usr/lib/x86_64-linux-gnu', '/usr/lib64', '/usr/lib'].map(
  (folder) => `${folder}/libvirt/connection-driver/libvirt_driver_qemu.so`,
);

export async function findLibvirt(): Promise<FoundLibvirt | Unfit> {
  const daemons = await Promise.all(daemonNames.map(findProgram));
  const daemon = daemons.find((path) => path !== null) ?? null;
  const client = await findProgram('virsh');
  if (daemon === null || client === null || !(await Promise.all(libvirtDrivers.map(exists))).includes(true)) {
    return {
      reason: 'not installed: libvirtd with its driver for QEMU, and virsh',
      remedy: 'apt-get install libvirt-daemon libvirt-daemon-driver-qemu libvirt-clients',
    };
  }
  const { stdout } = await run(client, ['--version']);
  return { daemon, client, version: `libvirt ${stdout.trim()}` };
}

export interface Libvirt extends Pick<RunningEngine, 'cgroup' | 'dispose'> {
  virsh: EngineCommand;
  /** Folder for the sockets that a machine connects to. */
  sockets: string;
  /** Path by which QEMU's user reaches a file of the run or of the cache. */
  seen: (path: string) => string;
  /** What libvirt and QEMU have said of a machine. */
  logFile: (name: string) => string;
}

/** In the daemon's own /run. */
const seenAt = '/run/vm';

export async function startLibvirt(
  found: FoundLibvirt,
  platform: string,
  context: RunContext,
): Promise<Libvirt> {
  const { scratch, cache } = context.folders;
  // QEMU's user passes through to what is its own; nobody but root gets this far outside of the daemon's namespace.
  await chmod(scratch, 0o711);
  const { places, cgroup, dispose } = await startEngine(platform, context, {
    name: 'libvirt',
    hiddenHierarchy: null,
    lines: async (made) => [await daemonLine(found, made, context)],
    isAlive: (made) => answers(virshAt(found, made)),
  });
  // The deeper folder first.
  const moved = [
    [places.sockets, `${seenAt}/sockets`],
    [scratch, `${seenAt}/scratch`],
    [cache, `${seenAt}/cache`],
  ] as const;
  return {
    ...{ cgroup, dispose, sockets: places.sockets, virsh: virshAt(found, places) },
    seen: (path) => translatePath(path, moved),
    logFile: (name) => join(places.data, 'var-log/libvirt/qemu', `${name}.log`),
  };
}

async function daemonLine(
  { daemon }: FoundLibvirt,
  { data, sockets }: Places,
  { folders }: RunContext,
): Promise<string[]> {
  const conf = join(data, 'conf');
  await mkdir(conf);
  const name = daemon.split('/').at(-1) ?? '';
  await writeFile(join(conf, `${name}.conf`), daemonConfiguration(sockets));
  await writeFile(join(conf, 'qemu.conf'), qemuConfiguration);
  const script = [await requireProgram('sh'), assetFile('runners/libvirt/daemon.sh')];
  const devices = [assetFile('runners/qemu/vm/devices.sh'), String(vmUser)];
  const places = [data, sockets, folders.scratch, folders.cache, seenAt];
  return [...script, ...places, ...devices, daemon, '--config', `/etc/libvirt/${name}.conf`];
}

function daemonConfiguration(sockets: string): string {
  return [
    `unix_sock_dir = ${JSON.stringify(sockets)}`,
    ...['auth_unix_rw = "none"', 'auth_unix_ro = "none"', 'log_outputs = "2:stderr"', ''],
  ].join('\n');
}

/**
 * QEMU has the user of the platform `vm`. Files have their owners already, and cgroups are Tare's: where there is no systemd, libvirt
 * would make its own outside of the run's. Its mount namespace for each QEMU is left out, since this daemon has one.
 */
const qemuConfiguration = [
  ...[`user = "+${vmUser}"`, `group = "+${vmUser}"`, 'dynamic_ownership = 0', 'remember_owner = 0'],
  ...['cgroup_controllers = []', 'namespaces = []', 'security_driver = "none"'],
  // Without virtlogd, which would be one more daemon.
  ...['stdio_handler = "file"', 'seccomp_sandbox = 1', ''],
].join('\n');

function virshAt({ client, daemon }: FoundLibvirt, { sockets }: Places): EngineCommand {
  const socket = join(sockets, daemon.endsWith('virtqemud') ? 'virtqemud-sock' : 'libvirt-sock');
  const args = ['--quiet', '--connect', `qemu+unix:///system?socket=${socket}`];
  return { enter: [], program: client, args, env: { PATH: systemPath, HOME: '/nonexistent' } };
}

function answers(virsh: EngineCommand): Promise<boolean> {
  return runEngine(virsh, ['list', '--name'], { timeoutMs: 10_000 }).then(
    () => true,
    () => false,
  );
}
