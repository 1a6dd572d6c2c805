/** What is added to Debian's files to make the full guest's system: the payload's place, the line to the host. */
import { chmod, copyFile, mkdir, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { assetFile } from '../../machine/asset.ts';
import { payloadUuid } from '../../payload/disk/disk.ts';

export const systemUuid = '7a7e0000-7461-4e72-8000-000000000002';

/** Scripts of ours by their place in the guest. */
export const scripts: Readonly<Record<string, string>> = {
  'usr/lib/tare/guest-requests.sh': 'runners/qemu/guest/guest-requests.sh',
  'usr/lib/tare/agent.sh': 'runners/qemu/full/agent.sh',
  'usr/lib/tare/ended.sh': 'runners/qemu/full/ended.sh',
  'usr/lib/tare/output.sh': 'runners/qemu/full/output.sh',
  'usr/lib/tare/run.sh': 'runners/qemu/full/run.sh',
  'usr/lib/systemd/system-generators/tare': 'runners/qemu/full/generator.sh',
};

const agentService = [
  '[Unit]',
  'Description=Line to the host',
  '[Service]',
  'ExecStart=/bin/sh /usr/lib/tare/agent.sh',
  // systemd opens it once for both, and without making it a controlling terminal.
  'StandardInput=file:/dev/ttyS1',
  'StandardOutput=file:/dev/ttyS1',
];

const outputService = [
  '[Unit]',
  "Description=The payload's output",
  '[Service]',
  'ExecStart=/bin/sh /usr/lib/tare/output.sh',
];

/** Text files of ours by their place in the guest. */
export const textFiles: Readonly<Record<string, readonly string[]>> = {
  'etc/fstab': [
    `UUID=${systemUuid} / ext4 defaults 0 0`,
    `UUID=${payloadUuid} /srv/payload ext4 defaults 0 0`,
  ],
  'etc/systemd/system/tare-agent.service': agentService,
  'etc/systemd/system/tare-output.service': outputService,
};

const enabled = '/lib/systemd/system/systemd-networkd.service';
const nothing = '/dev/null';

/** Units that are switched on, and (to /dev/null) off. */
export const links: Readonly<Record<string, string>> = {
  'etc/systemd/system/multi-user.target.wants/systemd-networkd.service': enabled,
  'etc/systemd/system/multi-user.target.wants/tare-agent.service': '/etc/systemd/system/tare-agent.service',
  'etc/systemd/system/multi-user.target.wants/tare-output.service': '/etc/systemd/system/tare-output.service',
  // The first serial port is the console's log; a login prompt does not belong there.
  'etc/systemd/system/serial-getty@ttyS0.service': nothing,
  // What runs by the clock would run in some samples and not in others.
  'etc/systemd/system/apt-daily.timer': nothing,
  'etc/systemd/system/apt-daily-upgrade.timer': nothing,
  'etc/systemd/system/dpkg-db-backup.timer': nothing,
  'etc/systemd/system/e2scrub_all.timer': nothing,
  'etc/systemd/system/fstrim.timer': nothing,
};

export async function addSystemFiles(root: string): Promise<void> {
  await mkdir(join(root, 'srv/payload'), { recursive: true });
  for (const [path, source] of Object.entries(scripts)) {
    await inFolder(root, path, (target) => copyFile(assetFile(source), target));
    await chmod(join(root, path), 0o755);
  }
  for (const [path, lines] of Object.entries(textFiles)) {
    await inFolder(root, path, (target) => writeFile(target, lines.map((line) => `${line}\n`).join('')));
  }
  for (const [path, target] of Object.entries(links)) {
    await inFolder(root, path, (place) => symlink(target, place));
  }
}

async function inFolder(root: string, path: string, make: (target: string) => Promise<void>): Promise<void> {
  const target = join(root, path);
  await mkdir(dirname(target), { recursive: true });
  await make(target);
}
