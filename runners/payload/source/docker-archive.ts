/** The image as the archive that `docker load` reads; the layer is the image's own, compressed with gzip. */
import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../machine/command.ts';
import type { OciImage } from '../oci-image/oci-image.ts';

/** @param folder made for it; whoever calls removes it */
export async function writeDockerArchive(image: OciImage, name: string, folder: string): Promise<string> {
  const content = join(folder, 'content');
  await mkdir(content, { recursive: true });
  const { digest, layer } = image.manifests.gzip;
  const blob = (of: string): string => join(image.layout, 'blobs', 'sha256', of.replace('sha256:', ''));
  const manifest = JSON.parse(await readFile(blob(digest), 'utf8')) as { config: { digest: string } };
  const config = `${manifest.config.digest.replace('sha256:', '')}.json`;
  await symlink(blob(manifest.config.digest), join(content, config));
  await symlink(layer.file, join(content, 'layer.tar.gz'));
  const entry = { Config: config, RepoTags: [name], Layers: ['layer.tar.gz'] };
  await writeFile(join(content, 'manifest.json'), JSON.stringify([entry]));
  const archive = join(folder, 'image.tar');
  const files = ['manifest.json', config, 'layer.tar.gz'];
  await run('tar', ['--create', '--dereference', '--file', archive, '--directory', content, ...files]);
  await rm(content, { recursive: true });
  return archive;
}
