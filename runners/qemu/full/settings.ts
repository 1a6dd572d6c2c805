/** What one instance of the full guest is told, as the archive on its second disk that generator.sh unpacks. */
import { cpioArchive, type CpioEntry } from '../cpio.ts';
import { quote, type GuestLaunch } from '../guest-launch.ts';

/** What both kinds of guest are told; the full one finds its drivers by itself. */
export type FullLaunch = Omit<GuestLaunch, 'drivers'>;

/** Throws on text that no program can be given. */
export function settingsArchive(launch: FullLaunch): Buffer {
  return cpioArchive([
    file('hostname', [launch.hostname]),
    file('payload.network', network(launch)),
    file('payload.service', service(launch)),
    file('run', runScript(launch)),
  ]);
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
    'After=network.target tare-agent.service',
    'RequiresMountsFor=/srv/payload',
    'SuccessAction=poweroff',
    'FailureAction=poweroff',
    '[Service]',
    'ExecStart=/bin/sh /run/tare/run',
    'ExecStopPost=/bin/sh /usr/lib/tare/ended.sh',
    'StandardOutput=file:/dev/ttyS0',
    'StandardError=inherit',
    `KillSignal=${stopSignal}`,
    'KillMode=mixed',
    'PrivateMounts=yes',
    // As on every platform, see runners/shared/launch.ts.
    'LimitNOFILE=1024:4096',
  ];
}

/**
 * The script whose last line replaces its shell with the workload. systemd's own User=, Environment= and
 * RootDirectory= are not used: they look users up in the system's passwd instead of the payload's, and add variables.
 */
function runScript(launch: FullLaunch): string[] {
  const environment = Object.entries(launch.environment).map(([name, value]) => quote(`${name}=${value}`));
  // A user other than root loses all other groups, and with them all rights.
  const asUser =
    launch.uid === 0 && launch.gid === 0 ? [] : [`--setgid=${launch.gid}`, `--setuid=${launch.uid}`];
  const enter = ['/usr/bin/unshare', '--root=/srv/payload', `--wd=${quote(launch.workdir)}`, ...asUser, '--'];
  const words = ['exec /usr/bin/env -i', ...environment, ...enter, ...launch.command.map(quote)];
  return ['. /usr/lib/tare/mounts.sh', "(echo 'mark exec' >/dev/ttyS1)", `${words.join(' ')} </dev/null`];
}

function file(path: string, lines: readonly string[]): CpioEntry {
  return { path, type: 'file', mode: 0o644, content: Buffer.from(lines.map((line) => `${line}\n`).join('')) };
}
