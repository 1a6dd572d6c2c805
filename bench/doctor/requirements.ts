/** What has to be installed, for what, and which package has it. Adding one is adding a line. */
import { access, constants } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import { findProgram } from '../../runners/machine/programs.ts';
import { incusdFiles } from '../../runners/lxd/flavours.ts';
import { libvirtDrivers } from '../../runners/libvirt/daemon.ts';
import { seccompFiles } from '../../runners/shared/seccomp.ts';

/** Package managers that the remedies are written for. */
export const packageManagers = ['apt', 'dnf', 'pacman'] as const;
export type PackageManager = (typeof packageManagers)[number];

export interface Requirement {
  /** Programs of which one must be on the PATH, or the absolute path of a file. */
  names: readonly string[];
  purpose: string;
  /** `tests`: only this project's own tests need it. */
  neededFor: 'every run' | 'containers' | 'VMs' | 'payloads from images' | 'LXD or Incus' | 'tests';
  /** Not packaged by every distribution (Ubuntu has LXD as a snap): a machine is fit without it. */
  isOptional: boolean;
  /** Alternatives of one package manager: the first that the system's package sources offer has it; none: it has no package. */
  packages: Readonly<Record<PackageManager, string | readonly string[]>>;
}

/** Podman's helpers are not on the PATH; each distribution has its folder. */
const netavarkFiles = ['/usr/lib/podman/netavark', '/usr/libexec/podman/netavark'];

export const requirements: readonly Requirement[] = [
  need('every run', 'builds the payload', ['mmdebstrap'], same('mmdebstrap')),
  need('every run', 'checks Debian packages', ['/usr/share/keyrings/debian-archive-keyring.gpg'], {
    apt: 'debian-archive-keyring',
    dnf: 'debian-keyring',
    pacman: 'debian-archive-keyring',
  }),
  need('every run', 'makes networks', ['ip'], { apt: 'iproute2', dnf: 'iproute', pacman: 'iproute2' }),
  need('every run', 'enters namespaces', ['nsenter'], same('util-linux')),
  need('every run', 'sets users and rights', ['setpriv'], same('util-linux')),
  need('every run', 'makes namespaces', ['unshare'], same('util-linux')),
  need('every run', 'mounts layers', ['mount'], { apt: 'mount', dnf: 'util-linux', pacman: 'util-linux' }),
  need('every run', 'sets limits', ['prlimit'], same('util-linux')),
  need('every run', 'chooses CPUs', ['taskset'], same('util-linux')),
  need('every run', 'keeps real-time order', ['chrt'], same('util-linux')),
  need('every run', "reads the kernel's log", ['dmesg'], same('util-linux')),
  need('every run', "makes a process's box", ['perl'], {
    apt: 'perl-base',
    dnf: 'perl-interpreter',
    pacman: 'perl',
  }),
  need('every run', 'packs files', ['tar'], same('tar')),
  need('every run', 'reads extended attributes', ['getfattr'], same('attr')),
  need('every run', 'compresses images', ['zstd'], same('zstd')),
  need('every run', 'compresses images', ['pigz'], same('pigz')),
  // Only the measure `throughput` needs it.
  optional(
    need('every run', 'loads servers as much as they can take', ['wrk'], {
      apt: 'wrk',
      dnf: [],
      pacman: 'wrk',
    }),
  ),
  need('containers', 'runs containers', ['runc'], same('runc')),
  need('containers', 'runs containers', ['crun'], same('crun')),
  // Ubuntu 22.04 has it not, and neither have the others.
  optional(need('containers', "is gVisor's runtime", ['runsc'], { apt: ['runsc'], dnf: [], pacman: [] })),
  need('containers', 'filters system calls', seccompFiles, {
    apt: 'golang-github-containers-common',
    dnf: 'containers-common',
    pacman: 'containers-common',
  }),
  need('containers', 'runs containers', ['lxc-start'], same('lxc')),
  need('containers', 'stops containers', ['lxc-stop'], same('lxc')),
  need('LXD or Incus', 'runs containers', ['lxd', 'incusd', ...incusdFiles], {
    apt: 'lxd',
    dnf: 'incus',
    pacman: 'incus',
  }),
  need('LXD or Incus', 'starts containers', ['lxc', 'incus'], {
    apt: 'lxd-client',
    dnf: 'incus',
    pacman: 'incus',
  }),
  need('containers', 'runs containers', ['systemd-nspawn'], {
    apt: 'systemd-container',
    dnf: 'systemd-container',
    pacman: 'systemd',
  }),
  // Debian 13 split the client off, and its docker.io only recommends it.
  need('containers', 'runs containers', ['docker'], {
    apt: ['docker-cli', 'docker.io'],
    dnf: 'moby-engine',
    pacman: 'docker',
  }),
  need('containers', 'is the engine of docker', ['dockerd'], {
    apt: 'docker.io',
    dnf: 'moby-engine',
    pacman: 'docker',
  }),
  need('containers', "keeps containers, docker's too", ['containerd'], same('containerd')),
  need('containers', 'starts containers of containerd', ['ctr'], same('containerd')),
  need(
    'containers',
    'looks after a container of containerd',
    ['containerd-shim-runc-v2'],
    same('containerd'),
  ),
  need('containers', 'runs containers', ['podman'], same('podman')),
  need('containers', 'looks up users', ['getent'], {
    apt: 'libc-bin',
    dnf: 'glibc-common',
    pacman: 'glibc',
  }),
  need('containers', "maps an ordinary user's ids", ['newuidmap'], {
    apt: 'uidmap',
    dnf: 'shadow-utils',
    pacman: 'shadow',
  }),
  need('containers', "carries an ordinary user's packets", ['slirp4netns'], same('slirp4netns')),
  // Ubuntu 22.04 has it not.
  optional(need('containers', "carries an ordinary user's packets, too", ['pasta'], same('passt'))),
  need('containers', "makes podman's network", netavarkFiles, same('netavark')),
  need('containers', "filters engines' networks", ['iptables'], {
    apt: 'iptables',
    dnf: 'iptables-nft',
    pacman: 'iptables-nft',
  }),
  // Which of the two podman's network takes is chosen by whoever built it.
  need('containers', "filters podman's network", ['nft'], same('nftables')),
  need('VMs', 'runs virtual machines', ['qemu-system-x86_64'], {
    apt: 'qemu-system-x86',
    dnf: 'qemu-system-x86-core',
    pacman: 'qemu-system-x86',
  }),
  need('VMs', "makes instances' disks", ['qemu-img'], {
    apt: 'qemu-utils',
    dnf: 'qemu-img',
    pacman: 'qemu-img',
  }),
  need('VMs', 'manages virtual machines', ['libvirtd', 'virtqemud'], {
    apt: 'libvirt-daemon',
    dnf: 'libvirt-daemon',
    pacman: 'libvirt',
  }),
  need('VMs', "is libvirt's part for QEMU", libvirtDrivers, {
    apt: 'libvirt-daemon-driver-qemu',
    dnf: 'libvirt-daemon-driver-qemu',
    pacman: 'libvirt',
  }),
  need('VMs', 'asks libvirt', ['virsh'], {
    apt: 'libvirt-clients',
    dnf: 'libvirt-client',
    pacman: 'libvirt',
  }),
  need('VMs', 'makes file systems', ['mke2fs'], same('e2fsprogs')),
  need('VMs', 'checks file systems', ['e2fsck'], same('e2fsprogs')),
  need('VMs', "makes full guests' boot partitions", ['mkfs.fat'], same('dosfstools')),
  need('VMs', "fills full guests' boot partitions", ['mcopy', 'mmd'], same('mtools')),
  need('VMs', "makes full guests' disks bootable", ['syslinux'], same('syslinux')),
  need('VMs', "partitions full guests' disks", ['sfdisk'], {
    apt: 'fdisk',
    dnf: 'util-linux',
    pacman: 'util-linux',
  }),
  need(
    'VMs',
    'is the firmware of UEFI guests',
    [
      '/usr/share/OVMF/OVMF_CODE_4M.fd',
      '/usr/share/OVMF/OVMF_CODE.fd',
      '/usr/share/edk2/ovmf/OVMF_CODE.fd',
      '/usr/share/edk2/x64/OVMF_CODE.4m.fd',
    ],
    { apt: 'ovmf', dnf: 'edk2-ovmf', pacman: 'edk2-ovmf' },
  ),
  need('VMs', 'makes file systems reproducible', ['debugfs'], same('e2fsprogs')),
  need('payloads from images', 'fetches container images', ['skopeo'], same('skopeo')),
  need('payloads from images', 'reads layers of bzip2', ['bzip2'], same('bzip2')),
  need('payloads from images', 'reads layers of xz', ['xz'], { apt: 'xz-utils', dnf: 'xz', pacman: 'xz' }),
  need('payloads from images', 'keeps sparse files sparse', ['fallocate'], same('util-linux')),
  need('payloads from images', 'builds Containerfiles', ['buildah', 'docker'], same('buildah')),
  // Beside Incus, where a system has both.
  need('tests', 'runs containers', ['/usr/bin/lxd'], same('lxd')),
  need('tests', 'starts containers of LXD', ['/usr/bin/lxc'], {
    apt: 'lxd-client',
    dnf: 'lxd',
    pacman: 'lxd',
  }),
  need('tests', 'is the smallest workload', ['busybox'], {
    apt: 'busybox-static',
    dnf: 'busybox',
    pacman: 'busybox',
  }),
  need('tests', 'makes certificates', ['openssl'], same('openssl')),
  need('tests', 'unpacks OCI images', ['umoci'], same('umoci')),
  need('tests', 'builds Containerfiles', ['buildah'], same('buildah')),
  need('tests', 'is a registry of images', ['docker-registry'], {
    apt: 'docker-registry',
    dnf: 'docker-distribution',
    pacman: 'docker-registry',
  }),
  need('tests', 'writes extended attributes', ['setfattr'], same('attr')),
  // Without it the example of a jar is left out.
  optional(
    need('tests', 'compiles the example of a jar', ['javac'], {
      apt: 'default-jdk-headless',
      dnf: 'java-latest-openjdk-devel',
      pacman: 'jdk-openjdk',
    }),
  ),
  need('tests', 'controls a cluster', ['slurmctld'], {
    ...same('slurmctld'),
    dnf: 'slurm-slurmctld',
    pacman: 'slurm-llnl',
  }),
  need('tests', 'is a node of a cluster', ['slurmd'], {
    ...same('slurmd'),
    dnf: 'slurm-slurmd',
    pacman: 'slurm-llnl',
  }),
  need('tests', 'submits jobs to a cluster', ['sbatch'], {
    ...same('slurm-client'),
    dnf: 'slurm',
    pacman: 'slurm-llnl',
  }),
  need('tests', 'proves who submits a job', ['munged'], same('munge')),
  need('tests', 'lists processes', ['ps'], { apt: 'procps', dnf: 'procps-ng', pacman: 'procps-ng' }),
  need('tests', 'keeps a repository to check', ['git'], same('git')),
  need('tests', 'lists initrd archives', ['cpio'], same('cpio')),
  need('tests', 'reads module dependencies', ['modprobe'], same('kmod')),
  need('tests', 'checks XML reports', ['xmllint'], {
    apt: 'libxml2-utils',
    dnf: 'libxml2',
    pacman: 'libxml2',
  }),
  need('tests', 'reads JUnit reports', ['junitparser'], {
    apt: 'junitparser',
    dnf: 'python3-junitparser',
    pacman: 'python-junitparser',
  }),
  need(
    'tests',
    'reads OpenMetrics reports',
    ['/usr/lib/python3/dist-packages/prometheus_client/__init__.py'],
    {
      apt: 'python3-prometheus-client',
      dnf: 'python3-prometheus_client',
      pacman: 'python-prometheus_client',
    },
  ),
  need('tests', 'writes the JSON that ours must be like', ['hyperfine'], same('hyperfine')),
  need('tests', 'shows HTML reports', ['chromium', 'chromium-browser', 'google-chrome'], same('chromium')),
];

/** @returns the first of the names that is there, as an absolute path; null: none is */
export async function findRequirement(requirement: Pick<Requirement, 'names'>): Promise<string | null> {
  for (const name of requirement.names) {
    const path = isAbsolute(name) ? await readable(name) : await findProgram(name);
    if (path !== null) return path;
  }
  return null;
}

function need(
  neededFor: Requirement['neededFor'],
  purpose: string,
  names: readonly string[],
  packages: Requirement['packages'],
): Requirement {
  return { names, purpose, neededFor, packages, isOptional: neededFor === 'LXD or Incus' };
}

function optional(requirement: Requirement): Requirement {
  return { ...requirement, isOptional: true };
}

function same(name: string): Requirement['packages'] {
  return { apt: name, dnf: name, pacman: name };
}

async function readable(path: string): Promise<string | null> {
  return await access(path, constants.R_OK).then(
    () => path,
    () => null,
  );
}
