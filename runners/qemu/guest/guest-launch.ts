/** What one instance's guest is told: its network, its workload. It travels as a second archive behind the initrd. */
import type { StopSignal } from '../../../scenarios/stop-signal.ts';
import type { Box, Hardware, Launch } from '../../runner.ts';
import { openFileLimit } from '../../machine/resource-limits.ts';
import { boxEnvironment, type LaunchUser } from '../../shared/payload-launch.ts';
import { cpioArchive } from './cpio.ts';
import type { GuestDrivers } from './guest-kit.ts';
import type { Identity } from './guest.ts';
import type { OutputEnd } from './output.ts';
import { startProgram } from '../../shared/start-program.ts';

export interface GuestLaunch {
  /** Which list of modules to load: by the bus of the virtio devices, and with a balloon where there is one. */
  drivers: GuestDrivers;
  /** What disk and network are attached to; the drivers are those of virtio or, for anything else, its own. */
  hardware: Hardware;
  address: string;
  prefixLength: number;
  /** What to write behind the last that the workload printed. */
  outputEnd: OutputEnd;
  /** The workload's user, as numbers. */
  uid: number;
  gid: number;
  groups: readonly number[];
  box: Box;
  workdir: string;
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
  stopSignal: StopSignal;
}

/** What of it the workload says. */
export async function guestWorkload(
  launch: Launch,
  user: LaunchUser,
): Promise<Omit<GuestLaunch, 'drivers' | keyof Identity>> {
  const { workdir, command, stopSignal } = launch;
  const { uid, gid, groups } = user;
  // No more than this machine's kernel would give, as on every other platform.
  const box = { ...launch.box, openFiles: await openFileLimit(launch.box.openFiles) };
  return { uid, gid, groups, box, workdir, command, stopSignal, environment: boxEnvironment(launch, user) };
}

/** The archive with the files that guest-init.sh reads. Throws on text that no program can be given. */
export function launchArchive(launch: GuestLaunch): Buffer {
  return cpioArchive([
    { path: 'launch', type: 'folder', mode: 0o755 },
    { path: 'launch/settings', type: 'file', mode: 0o644, content: Buffer.from(settings(launch)) },
    {
      path: 'launch/fstab',
      type: 'file',
      mode: 0o644,
      content: Buffer.from(`${payloadMounts('/root', '/etc', launch).join('\n')}\n`),
    },
    {
      path: 'launch/start',
      type: 'file',
      mode: 0o755,
      content: startProgram({ root: '/root', openFiles: launch.box.openFiles, ...launch }),
    },
  ]);
}

function settings(launch: GuestLaunch): string {
  return [
    `drivers=${launch.hardware === 'virtio' ? launch.drivers : 'sata'}`,
    `disk=${launch.hardware === 'virtio' ? '/dev/vda' : '/dev/sda'}`,
    `hostname=${quote(launch.box.hostname)}`,
    `address=${quote(launch.address)}`,
    `netmask=${netmask(launch.prefixLength)}`,
    `output_end=${launch.outputEnd}`,
    `stop_signal=${quote(launch.stopSignal.replace(/^SIG/, ''))}`,
    '',
  ].join('\n');
}

/**
 * What is mounted in the payload, as a table for `mount -a`; the folders below /dev are there by then.
 *
 * @param names folder with the files of the network
 */
export function payloadMounts(root: string, names: string, { box }: Pick<GuestLaunch, 'box'>): string[] {
  return [
    `proc ${root}/proc proc nosuid,nodev,noexec`,
    `sys ${root}/sys sysfs nosuid,nodev,noexec`,
    `pts ${root}/dev/pts devpts nosuid,noexec,gid=5,mode=620,ptmxmode=666`,
    `shm ${root}/dev/shm tmpfs nosuid,nodev,noexec,mode=1777,size=${box.shmSizeBytes}`,
    `mqueue ${root}/dev/mqueue mqueue nosuid,nodev,noexec`,
    ...['hosts', 'hostname', 'resolv.conf'].map((file) => `${names}/${file} ${root}/etc/${file} none bind`),
  ];
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
