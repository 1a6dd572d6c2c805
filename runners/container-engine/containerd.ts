/** containerd, apart from the machine's own: everything that it writes is in folders of the run. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { requireProgram } from '../machine/programs.ts';
import type { Places } from './daemon.ts';

/** Not needed for containers, and some write outside of the folders that they are given. */
const disabledPlugins = [
  'io.containerd.grpc.v1.cri',
  'io.containerd.internal.v1.opt',
  'io.containerd.snapshotter.v1.aufs',
  'io.containerd.snapshotter.v1.btrfs',
  'io.containerd.snapshotter.v1.devmapper',
  'io.containerd.snapshotter.v1.zfs',
];

/** Its command line; writes its configuration. */
export async function containerdLine({ sockets, data }: Places): Promise<string[]> {
  const file = join(data, 'containerd.toml');
  const text = [
    'version = 2',
    `root = ${JSON.stringify(join(data, 'containerd'))}`,
    `state = ${JSON.stringify(join(sockets, 'containerd'))}`,
    `disabled_plugins = ${JSON.stringify(disabledPlugins)}`,
    `[grpc]\naddress = ${JSON.stringify(containerdSocket(sockets))}`,
    '[debug]\nlevel = "warn"',
  ];
  await writeFile(file, `${text.join('\n')}\n`);
  return [await requireProgram('containerd'), '--config', file];
}

export function containerdSocket(sockets: string): string {
  return join(sockets, 'containerd.sock');
}
