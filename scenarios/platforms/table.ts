/** Every runner that a scenario may name. A new one is a file in this folder and a line here. */
import type { z } from 'zod';
import { containerdPlatform } from './containerd.ts';
import { dockerPlatform } from './docker.ts';
import { libvirtPlatform } from './libvirt.ts';
import { lxcPlatform } from './lxc.ts';
import { lxdPlatform } from './lxd.ts';
import { nspawnPlatform } from './nspawn.ts';
import { ociPlatform } from './oci.ts';
import type { PlatformSpec } from './platform.ts';
import { podmanPlatform } from './podman.ts';
import { processPlatform } from './process.ts';
import { qemuPlatform } from './qemu.ts';
import { ociRootlessPlatform, podmanRootlessPlatform } from './rootless.ts';

/** In the order of the help. */
export const platformSpecs = {
  process: processPlatform,
  oci: ociPlatform,
  'oci-rootless': ociRootlessPlatform,
  containerd: containerdPlatform,
  docker: dockerPlatform,
  podman: podmanPlatform,
  'podman-rootless': podmanRootlessPlatform,
  lxc: lxcPlatform,
  lxd: lxdPlatform,
  nspawn: nspawnPlatform,
  qemu: qemuPlatform,
  libvirt: libvirtPlatform,
};

export type RunnerName = keyof typeof platformSpecs;
export const runnerNames = Object.keys(platformSpecs) as RunnerName[];

/** What the runner gets of a platform. */
export type OptionsOf<Name extends RunnerName> = ReturnType<(typeof platformSpecs)[Name]['resolve']>;

/** The runner's own keys, as the schema gives them. */
export type FieldsOf<Name extends RunnerName> = z.output<z.ZodObject<(typeof platformSpecs)[Name]['fields']>>;

/** The spec of a runner, which is to be handed that runner's platforms alone. */
export function specOf(runner: RunnerName): PlatformSpec<z.ZodRawShape, object> {
  return platformSpecs[runner];
}

/** The runner of each short name, in the order of the help. */
const runnerOfShort = new Map(
  runnerNames.flatMap((runner) => Object.keys(specOf(runner).short).map((name) => [name, runner] as const)),
);

export const shortPlatformNames = [...runnerOfShort.keys()];

/** What a short name stands for; null: it is not one. */
export function shortPlatform(
  name: string,
): { runner: RunnerName; description: string; options: object } | null {
  const runner = runnerOfShort.get(name);
  const found = runner && specOf(runner).short[name];
  return runner && found ? { runner, ...found } : null;
}
