/** The disk that brings Node and this build of Tare into the lab. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { labCacheFolder } from '../../runners/lab/base.ts';
import { labDiskVersion, makeLabDisk } from '../../runners/lab/disk.ts';
import { makeEntry } from '../../runners/payload/cache-entry.ts';
import type { ProbeContext } from '../../runners/runner.ts';
import { copyProgram, programKey, requireBuilt } from '../environment/program-copy.ts';
import { copyPartsOfNode } from './own-node.ts';

/** @throws TareError when Tare was not built */
export async function toolsDisk({ cache, signal, log }: ProbeContext): Promise<string> {
  requireBuilt('dist/bench/lab/inside.js', 'the lab');
  const key = createHash('sha256')
    .update(JSON.stringify([labDiskVersion, await programKey()]))
    .digest('hex');
  const folder = join(cache, labCacheFolder, `tools-${key}`);
  await makeEntry(folder, async (temporary) => {
    log.progress('packing Node and this build of Tare for the lab: several seconds');
    const tree = join(temporary, 'tree');
    await copyProgram(tree);
    await copyPartsOfNode(tree);
    await makeLabDisk('tools', tree, join(temporary, 'disk.ext4'), signal);
    await rm(tree, { recursive: true });
  });
  return join(folder, 'disk.ext4');
}
