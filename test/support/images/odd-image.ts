/** Layers that no builder makes: one of everything that a payload can hold, put together by tar alone. */
import { chmod, link, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../../runners/machine/command.ts';
import { makeTree } from '../../runners/payload/trees.ts';
import type { Registry } from './registry.ts';

/** `cap_net_bind_service`, permitted and effective. */
const bindCapability = '0x0100000200040000000000000000000000000000';
export const bindCapabilityBits = '0000000000000400';

/**
 * Pushes an image of the registry under another name with two layers more: one with the folder `/odd`, and one that takes
 * files of it away and gives one of them a second name.
 *
 * @param folder does not exist, and is made with what `/odd` is to be
 * @returns the new image's digest
 */
export async function pushOdd(
  registry: Registry,
  names: { from: string; to: string },
  folder: string,
): Promise<string> {
  await mkdir(folder);
  const image = join(folder, 'layout:image');
  const from = `docker://${registry.host}/${names.from}`;
  await run('skopeo', ['copy', '--quiet', '--src-tls-verify=false', from, `oci:${image}`]);
  await addOddLayers(image, folder);
  return await registry.pushLayout(image, names.to);
}

async function addOddLayers(image: string, folder: string): Promise<void> {
  const odd = join(folder, 'odd');
  await mkdir(odd, { recursive: true });
  await chmod(odd, 0o755);
  await makeTree(odd);
  await run('cp', [(await run('which', ['busybox'])).stdout, join(odd, 'busybox-capable')]);
  await run('setfattr', ['-n', 'security.capability', '-v', bindCapability, join(odd, 'busybox-capable')]);
  await mkdir(join(odd, 'folder-away'));
  for (const gone of ['away', 'folder-away/file']) await writeFile(join(odd, gone), '');
  await addLayer(image, folder, ['odd']);

  for (const gone of ['away', 'folder-away']) {
    await rm(join(odd, gone), { recursive: true });
    await writeFile(join(odd, `.wh.${gone}`), '');
  }
  await link(join(odd, 'setuid'), join(odd, 'second-name'));
  const members = ['odd/setuid', 'odd/second-name', 'odd/.wh.away', 'odd/.wh.folder-away'];
  await addLayer(image, folder, members, 'odd/setuid');
  for (const marker of ['.wh.away', '.wh.folder-away']) await rm(join(odd, marker));
}

/** @param without is packed first and then taken out of the archive again, so that links to it lead to a lower layer */
async function addLayer(image: string, folder: string, members: string[], without?: string): Promise<void> {
  const tar = join(folder, 'layer.tar');
  const options = ['--format=posix', '--xattrs', '--xattrs-include=*', '--numeric-owner'];
  await run('tar', ['--create', `--file=${tar}`, `--directory=${folder}`, ...options, ...members]);
  if (without !== undefined) await run('tar', ['--delete', `--file=${tar}`, without]);
  await run('umoci', ['raw', 'add-layer', '--image', image, tar]);
  await rm(tar);
}
