/**
 * The lab's own kernel, initrd and disk: a Debian with systemd, KVM's modules and everything that a scenario's runners
 * need. Built once and kept in the cache under the key of what goes into it.
 */
import { createHash } from 'node:crypto';
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import type { BuildContext } from '../payload/build-payload.ts';
import { makeEntry } from '../payload/cache-entry.ts';
import { installDebian } from '../payload/source/debian.ts';
import { allocatedBytes } from '../payload/disk/disk.ts';
import { readManifest } from '../payload/manifest.ts';
import { normalise, setTimes } from '../payload/normalise.ts';
import { labDiskVersion, makeLabDisk } from './disk.ts';
import { labInitrd } from './initrd.ts';
import { addLabFiles, labFilesKey, labPackages, type LabSuite } from './system.ts';

export interface LabBase {
  kernelFile: string;
  initrdFile: string;
  /** Raw and read-only by agreement; a session writes to a layer over it. */
  diskFile: string;
  kernelRelease: string;
  /** `sha256:…` over the disk's manifest, the kernel and the initrd. */
  digest: string;
  allocatedBytes: number;
}

/** Folder of the cache that holds everything of the lab. */
export const labCacheFolder = 'labs';

/** For layers of instances, disks of VMs and whatever a session writes; the file is sparse. */
const spareBytes = 6 * 2 ** 30;

type Meta = Pick<LabBase, 'kernelRelease' | 'digest'>;

/** Throws an ImageError when it cannot be built; the cache then holds nothing of it. */
export async function labBase(suite: LabSuite, context: BuildContext): Promise<LabBase> {
  const init = await readFile(assetFile('runners/lab/first.sh'), 'utf8');
  const key = createHash('sha256')
    .update(JSON.stringify([labDiskVersion, suite, process.arch, init, await labFilesKey(suite)]))
    .digest('hex');
  const folder = join(context.cache, labCacheFolder, `base-${key}`);
  await makeEntry(folder, async (temporary) => {
    await build(suite, temporary, context);
  });
  const meta = JSON.parse(await readFile(join(folder, 'meta.json'), 'utf8')) as Meta;
  const diskFile = join(folder, 'disk.ext4');
  return {
    ...meta,
    kernelFile: join(folder, 'vmlinuz'),
    initrdFile: join(folder, 'initrd.cpio'),
    diskFile,
    allocatedBytes: await allocatedBytes(diskFile),
  };
}

async function build(suite: LabSuite, folder: string, { signal, log }: BuildContext): Promise<void> {
  log.progress(
    `building the lab (Debian ${suite} with systemd, QEMU and container engines): about a minute, once`,
  );
  await mkdir(folder);
  const system = join(folder, 'system');
  await installDebian(
    { suite, variant: 'minbase', packages: [...labPackages(suite)], mirror: null },
    system,
    signal,
  );
  const [kernelRelease] = await readdir(join(system, 'lib/modules'));
  if (kernelRelease === undefined) throw new Error('the kernel of the lab has no modules');
  const initrd = await labInitrd(system, kernelRelease);
  await writeFile(join(folder, 'initrd.cpio'), initrd);
  const kernelFile = join(folder, 'vmlinuz');
  await copyFile(join(system, 'boot', `vmlinuz-${kernelRelease}`), kernelFile);
  await normalise(system);
  // The kernel is started from outside, and the initrd that its package made differs from build to build.
  for (const path of ['boot', 'initrd.img', 'vmlinuz']) {
    await rm(join(system, path), { recursive: true, force: true });
  }
  await addLabFiles(system);
  setTimes(system);
  const manifest = await readManifest(system, signal);
  log.progress('packing the disk of the lab: several seconds');
  await makeLabDisk('system', system, join(folder, 'disk.ext4'), signal, spareBytes);
  await rm(system, { recursive: true });
  const digest = createHash('sha256')
    .update(manifest.digest)
    .update(await readFile(kernelFile))
    .update(initrd)
    .digest('hex');
  const meta: Meta = { kernelRelease, digest: `sha256:${digest}` };
  await writeFile(join(folder, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);
}
