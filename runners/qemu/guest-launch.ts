/** What one instance's guest is told: its network, its workload. It travels as a second archive behind the initrd. */
import { cpioArchive } from './cpio.ts';
import type { GuestDrivers } from './guest-kit.ts';

export interface GuestLaunch {
  /** Which list of modules to load: by the bus of the virtio devices, and with a balloon where there is one. */
  drivers: GuestDrivers;
  hostname: string;
  address: string;
  prefixLength: number;
  /** The workload's user, as numbers. A user other than 0:0 must be in the payload's passwd file. */
  uid: number;
  gid: number;
  workdir: string;
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
  stopSignal: NodeJS.Signals;
}

/** The archive with the files that guest-init.sh reads. Throws on text that no program can be given. */
export function launchArchive(launch: GuestLaunch): Buffer {
  return cpioArchive([
    { path: 'launch', type: 'folder', mode: 0o755 },
    { path: 'launch/settings', type: 'file', mode: 0o644, content: Buffer.from(settings(launch)) },
    { path: 'launch/run', type: 'file', mode: 0o644, content: Buffer.from(runScript(launch)) },
  ]);
}

function settings(launch: GuestLaunch): string {
  return [
    `drivers=${launch.drivers}`,
    `hostname=${quote(launch.hostname)}`,
    `address=${quote(launch.address)}`,
    `netmask=${netmask(launch.prefixLength)}`,
    `user=${launch.uid}:${launch.gid}`,
    `stop_signal=${quote(launch.stopSignal.replace(/^SIG/, ''))}`,
    '',
  ].join('\n');
}

/**
 * The script that the guest's shell reads inside the payload's root. Its last line replaces the shell with the
 * workload, which therefore keeps the process id that process 1 waits for. The user is changed by busybox's
 * start-stop-daemon, its only applet that can; a pid file that does not exist keeps it from searching /proc.
 */
export function runScript(launch: GuestLaunch): string {
  const [program, ...args] = launch.command;
  if (program === undefined || !program.startsWith('/') || program.includes('=')) {
    throw new Error(
      `the command must begin with an absolute path without "=" inside the payload, not with ${JSON.stringify(program)}`,
    );
  }
  const environment = Object.entries(launch.environment).map(([name, value]) => quote(`${name}=${value}`));
  const asUser =
    launch.uid === 0 && launch.gid === 0
      ? [quote(program)]
      : [
          'start-stop-daemon -S -q -p /proc/none -c',
          `${launch.uid}:${launch.gid}`,
          '-x',
          quote(program),
          '--',
        ];
  const words = ['exec env -i', ...environment, ...asUser, ...args.map(quote)];
  return [
    `cd ${quote(launch.workdir)} || exit 126`,
    `echo 'mark exec' >&3`,
    `${words.join(' ')} </dev/null 3>&-`,
    '',
  ].join('\n');
}

/** One shell word that means exactly this text. */
export function quote(text: string): string {
  if (text.includes('\0'))
    throw new Error(`text with a NUL byte cannot be handed over: ${JSON.stringify(text)}`);
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A prefix length as `ifconfig` wants it. */
export function netmask(prefixLength: number): string {
  const bits = prefixLength === 0 ? 0 : (0xffffffff << (32 - prefixLength)) >>> 0;
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 0xff).join('.');
}
