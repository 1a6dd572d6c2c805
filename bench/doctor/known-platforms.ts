/** The platforms that have a short name, resolved as a scenario would have them. */
import { defaultScenario } from '../../scenarios/loader/built-in.ts';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { applyOverrides } from '../../scenarios/loader/overrides.ts';
import type { ResolvedPlatform } from '../../scenarios/resolved.ts';
import { shortPlatformNames, type ShortPlatformName } from '../../scenarios/schema/words.ts';

export interface KnownPlatform {
  id: ShortPlatformName;
  description: string;
  platform: ResolvedPlatform;
}

const descriptions = {
  process: 'a bare process: chroot in a private mount namespace',
  runc: 'a container, started by runc',
  crun: 'a container, started by crun',
  lxc: "a container, started by LXC's own programs",
  lxd: "a container of LXD, in a daemon of the run's own",
  incus: "a container of Incus, in a daemon of the run's own",
  nspawn: 'a container, started by systemd-nspawn',
  docker: 'a container, started with docker run',
  podman: 'a container, started with podman run',
  vm: 'a virtual machine: QEMU, machine type q35, minimal guest',
  'vm-pc': 'a virtual machine: QEMU, machine type pc, minimal guest',
  'vm-full': 'a virtual machine: QEMU, machine type q35, a whole Debian started by SeaBIOS',
  'vm-full-uefi': 'a virtual machine: QEMU, machine type q35, a whole Debian started by UEFI',
  'vm-clone': 'a clone of a virtual machine, continued from a snapshot; minimal guest',
  microvm: 'a virtual machine: QEMU, machine type microvm, minimal guest; needs KVM',
} satisfies Record<ShortPlatformName, string>;

export function knownPlatforms(): KnownPlatform[] {
  const scenario = applyOverrides(loadScenario(defaultScenario, { cwd: '/' }), {
    platforms: [...shortPlatformNames],
    measures: [],
    samples: null,
    accel: null,
  });
  return shortPlatformNames.flatMap((id) => {
    const platform = scenario.platforms.find((candidate) => candidate.id === id);
    return platform ? [{ id, description: descriptions[id], platform }] : [];
  });
}

/** Platforms of the default scenario. */
export function defaultPlatformIds(): string[] {
  return loadScenario(defaultScenario, { cwd: '/' }).platforms.map((platform) => platform.id);
}
