import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import {
  canInstall,
  forManager,
  installAdvice,
  installCommand,
  offeredOf,
  packageManagerOf,
} from '../../../bench/doctor/install.ts';
import { findRequirement, requirements } from '../../../bench/doctor/requirements.ts';

const unknown = { osRelease: '', offered: [] };

const named = (name: string): (typeof requirements)[number][] =>
  requirements.filter((requirement) => requirement.names.includes(name));

it.each([
  ['PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\n', 'apt'],
  ['ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt'],
  ['ID=fedora\n', 'dnf'],
  ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf'],
  ['ID=arch\n', 'pacman'],
  ['ID=alpine\n', null],
  ['', null],
])('package manager of %j is %s', (osRelease, manager) => {
  expect(packageManagerOf(osRelease)).toBe(manager);
});

it('installs what the package sources offer, and nothing that they only speak of', () => {
  const policy = [
    'lxc:\n  Installed: (none)\n  Candidate: 1:5.0.2-1\n  Version table:\n     1:5.0.2-1 500',
    'lxd:\n  Installed: (none)\n  Candidate: (none)\n  Version table:',
    'zstd:\n  Installed: 1.5.4\n  Candidate: 1.5.4\n  Version table:\n *** 1.5.4 100\n',
  ].join('\n');
  expect(offeredOf(policy)).toEqual(['lxc', 'zstd']);
  expect(offeredOf('N: Unable to locate package lxd\n')).toEqual([]);
});

describe('the command to install with', () => {
  it('names each package once, by the names of that system', () => {
    const missing = [...named('nsenter'), ...named('setpriv'), ...named('ip')];
    expect(installCommand(missing, 'apt', unknown)).toBe(
      'apt-get install --no-install-recommends util-linux iproute2',
    );
    expect(installCommand(named('ip'), 'dnf', unknown)).toBe('dnf install iproute');
    expect(installCommand(named('qemu-img'), 'pacman', unknown)).toBe('pacman -S --needed qemu-img');
  });

  it('takes the package that this release has, of those that may hold a program', () => {
    const debian13 = { osRelease: '', offered: ['docker-cli', 'docker.io'] };
    const debian12 = { osRelease: '', offered: ['docker.io'] };
    const missing = [...named('docker'), ...named('dockerd')];
    const typed = 'apt-get install --no-install-recommends';
    expect(installCommand(missing, 'apt', debian13)).toMatch(
      new RegExp(`^${typed} docker-cli .*docker\\.io$`),
    );
    expect(installCommand(missing, 'apt', debian12)).not.toContain('docker-cli');
    expect(installCommand(named('dockerd'), 'apt', unknown)).toBe(`${typed} docker.io`);
  });

  it('is run by tare itself on Debian as root only', () => {
    expect([
      canInstall({ manager: 'apt', osRelease: '', isRoot: true, offered: [] }),
      canInstall({ manager: 'apt', osRelease: '', isRoot: false, offered: [] }),
      canInstall({ manager: 'dnf', osRelease: '', isRoot: true, offered: [] }),
      canInstall({ manager: null, osRelease: '', isRoot: true, offered: [] }),
    ]).toEqual([true, false, false, false]);
  });

  it.each([
    ['apt', true, /^install them with: tare doctor --fix {3}\(apt-get install .*iproute2\)$/],
    ['apt', false, /^install them with: sudo apt-get install .*iproute2$/],
    ['dnf', true, /^install them .*only Debian and Ubuntu\) with: dnf install iproute$/],
    [
      null,
      false,
      /with: sudo apt-get .*iproute2\n {2}or: sudo dnf .*iproute\n {2}or: sudo pacman .*iproute2$/,
    ],
  ] as const)('is advised with %s, as root: %s', (manager, isRoot, advice) => {
    expect(installAdvice(named('ip'), { manager, osRelease: '', isRoot, offered: [] })).toMatch(advice);
  });
});

describe('LXD or Incus', () => {
  const isRoot = false;
  const missing = [...named('lxd'), ...named('lxc'), ...named('ip')];
  const on = (release: string): string =>
    installAdvice(missing, { manager: 'apt', osRelease: release, isRoot, offered: [] });
  const aptLine = 'install them with: sudo apt-get install --no-install-recommends';

  it('is among the packages where the release has one of them, by its name there', () => {
    expect(on('ID=debian\nVERSION_ID="12"\n')).toBe(`${aptLine} lxd lxd-client iproute2`);
    expect(on('ID=debian\nVERSION_ID="13"\n')).toBe(`${aptLine} incus iproute2`);
    expect(on('ID=ubuntu\nVERSION_ID="24.04"\n')).toBe(`${aptLine} incus iproute2`);
  });

  it('is said apart where the release has neither, also when nothing else is missing', () => {
    const osRelease = 'ID=ubuntu\nVERSION_ID="22.04"\n';
    expect(on(osRelease)).toMatch(new RegExp(`^${aptLine} iproute2\nLXD or Incus: snap install lxd .*$`));
    const installer = { manager: 'apt', osRelease, isRoot, offered: [] } as const;
    expect(installAdvice(named('lxd'), installer)).toMatch(/^LXD or Incus: snap install lxd .*$/);
  });
});

it.each([
  ['apt', 'apt-get install podman netavark'],
  ['dnf', 'dnf install podman netavark'],
  ['pacman', 'pacman -S --needed podman netavark'],
  [null, 'apt-get install podman netavark'],
] as const)('a remedy is told in the words of %s', (manager, told) => {
  expect(forManager('apt-get install podman netavark', manager)).toBe(told);
});

it('a remedy has the package names of that system, and keeps what it does not know', () => {
  expect(forManager('Run "tare doctor --fix", or: apt-get install qemu-system-x86', 'dnf')).toBe(
    'Run "tare doctor --fix", or: dnf install qemu-system-x86-core',
  );
  expect(forManager('apt-get install lxd lxd-client', 'dnf')).toBe('dnf install incus');
  expect(forManager('apt-get install youki', 'pacman')).toBe('pacman -S --needed youki');
  expect(forManager('use another kernel', 'dnf')).toBe('use another kernel');
});

describe('looking for a program', () => {
  it('finds an executable file on the PATH, by any of its names, and nothing else', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tare-path-'));
    try {
      vi.stubEnv('PATH', `/nowhere:${folder}`);
      const file = join(folder, 'second-name');
      await writeFile(file, '');
      const requirement = { names: ['first-name', 'second-name'] };
      expect(await findRequirement(requirement)).toBeNull();
      await chmod(file, 0o755);
      expect(await findRequirement(requirement)).toBe(file);
      expect(await findRequirement({ names: [file] })).toBe(file);
      expect(await findRequirement({ names: ['first-name', join(folder, 'none')] })).toBeNull();
    } finally {
      vi.unstubAllEnvs();
      await rm(folder, { recursive: true });
    }
  });
});
