/** What the lab's disk holds beside Debian's packages: where sessions find their things, and the units that start them. */
import { chmod, copyFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';

/** Debian 12 and 13: two generations of kernel, QEMU and engines. */
export const labSuites = ['bookworm', 'trixie'] as const;
export type LabSuite = (typeof labSuites)[number];

const commonPackages = [
  ...['systemd', 'kmod', 'linux-image-cloud-amd64', 'busybox-static'],
  // Satisfies the kernel's dependency without an udev; the lab's own initrd is made elsewhere.
  'tiny-initramfs',
  ...['qemu-system-x86', 'qemu-utils', 'runc', 'crun'],
  // Without the last two, podman has no network.
  ...['podman', 'netavark', 'iptables'],
  // Where the kernel has AppArmor, docker's engine wants its parser.
  ...['docker.io', 'containerd', 'runsc', 'lxc', 'systemd-container', 'nftables', 'apparmor'],
  // For ordinary users.
  ...['uidmap', 'slirp4netns'],
  // The system calls that podman allows, for runtimes that are started without an engine.
  'golang-github-containers-common',
  ...['iproute2', 'attr', 'e2fsprogs', 'pigz', 'zstd', 'mmdebstrap', 'procps', 'perl-base'],
];
const packagesOf: Record<LabSuite, readonly string[]> = {
  bookworm: commonPackages,
  // Its docker.io only recommends the client.
  trixie: [...commonPackages, 'docker-cli'],
};

export function labPackages(suite: LabSuite): readonly string[] {
  return packagesOf[suite];
}

/** Places inside the lab. */
export const labPaths = {
  /** Node and this build of Tare, read-only. */
  tools: '/opt/tare',
  node: '/opt/tare/node',
  package: '/opt/tare/package',
  /** Entries of the cache outside, read-only. */
  given: '/srv/given',
  /** What the harness outside wants. */
  session: '/run/tare-lab/session.json',
  /** The line to the harness outside. */
  line: '/dev/vport0p1',
};

/** Units by the name under which a session asks for them (`systemd.unit=`). */
export const labUnits = { run: 'tare-run.service', shell: 'tare-shell.service' } as const;
export type LabUnit = keyof typeof labUnits;

const prepare = '/usr/local/lib/tare-lab/prepare.sh';

/** Each is all that is started; when it ends, the machine does. */
function unitText(description: string, service: readonly string[]): string {
  return [
    '[Unit]',
    `Description=${description}`,
    'DefaultDependencies=no',
    'SuccessAction=poweroff-force',
    'FailureAction=poweroff-force',
    '[Service]',
    'Environment=HOME=/root PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    'WorkingDirectory=/root',
    // Not for the harness inside: its instances get their own limits.
    'LimitNOFILE=65536',
    'TasksMax=infinity',
    `ExecStartPre=/bin/sh ${prepare}`,
    ...service,
    '',
  ].join('\n');
}

const units: Record<LabUnit, string> = {
  run: unitText('Tare runs a scenario', [
    'StandardOutput=file:/dev/console',
    'StandardError=file:/dev/console',
    `ExecStart=${labPaths.node} ${labPaths.package}/dist/bench/lab/inside.js`,
  ]),
  shell: unitText('a shell for a person', [
    'StandardInput=tty-force',
    'StandardOutput=tty',
    'TTYPath=/dev/ttyS0',
    'Environment=TERM=xterm',
    'ExecStart=/bin/bash --login',
  ]),
};

/** Puts them into a system's tree. */
export async function addLabFiles(root: string): Promise<void> {
  for (const path of [labPaths.tools, labPaths.given]) await mkdir(join(root, path), { recursive: true });
  const script = join(root, prepare);
  await mkdir(join(script, '..'), { recursive: true });
  await copyFile(assetFile('runners/lab/prepare.sh'), script);
  await chmod(script, 0o755);
  for (const unit of Object.keys(units) as LabUnit[]) {
    const file = join(root, 'etc/systemd/system', labUnits[unit]);
    await writeFile(file, units[unit]);
    await chmod(file, 0o644);
  }
}

/** Everything of it that is not Debian's, for the key of the cache. */
export async function labFilesKey(suite: LabSuite): Promise<string> {
  const script = await readFile(assetFile('runners/lab/prepare.sh'), 'utf8');
  return JSON.stringify([labPackages(suite), labPaths, units, script]);
}
