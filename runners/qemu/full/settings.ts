/** What one instance of the full guest is told, as the archive on its second disk that generator.sh unpacks. */
import { cpioArchive, type CpioEntry } from '../guest/cpio.ts';
import { payloadMounts, quote, type GuestLaunch } from '../guest/guest-launch.ts';
import { startProgram } from '../../shared/start-program.ts';

/** What both kinds of guest are told; the full one finds its drivers by itself. */
export type FullLaunch = Omit<GuestLaunch, 'drivers'>;

const root = '/srv/payload';

/** Throws on text that no program can be given. */
export function settingsArchive(launch: FullLaunch): Buffer {
  return cpioArchive([
    file('settings', settings(launch)),
    file('payload.network', network(launch)),
    file('payload.service', service(launch)),
    file('fstab', payloadMounts(root, '/run/tare', launch)),
    {
      path: 'start',
      type: 'file',
      mode: 0o755,
      content: startProgram({ root, openFiles: launch.box.openFiles, ...launch }),
    },
  ]);
}

function settings({ box, address, outputEnd }: FullLaunch): string[] {
  return [`hostname=${quote(box.hostname)}`, `address=${quote(address)}`, `output_end=${outputEnd}`];
}

function network({ address, prefixLength }: FullLaunch): string[] {
  return ['[Match]', 'Type=ether', '[Network]', `Address=${address}/${prefixLength}`];
}

/**
 * When the payload has ended, however it did, the machine is switched off, as the other platforms end with it. As in
 * a container, the stop signal goes to the main process alone, and the rest is killed when that has ended.
 */
function service({ stopSignal }: FullLaunch): string[] {
  return [
    '[Unit]',
    'Description=Payload',
    // What tells the host of the payload's end must not end before it.
    'After=network.target tare-agent.service tare-output.service',
    'RequiresMountsFor=/srv/payload',
    'SuccessAction=poweroff',
    'FailureAction=poweroff',
    '[Service]',
    'ExecStart=/bin/sh /usr/lib/tare/run.sh',
    'ExecStopPost=/bin/sh /usr/lib/tare/ended.sh',
    // Opened by systemd, which does not make it a controlling terminal: the line to the host.
    'StandardOutput=file:/dev/ttyS1',
    'StandardError=journal',
    `KillSignal=${stopSignal}`,
    'KillMode=mixed',
    'PrivateMounts=yes',
  ];
}

function file(path: string, lines: readonly string[]): CpioEntry {
  return { path, type: 'file', mode: 0o644, content: Buffer.from(lines.map((line) => `${line}\n`).join('')) };
}
