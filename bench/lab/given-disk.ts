/** The disk that brings what a scenario needs of the cache: its payload, and what is packed from it. */
import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { buildPayload } from '../../runners/payload/build-payload.ts';
import { makeEntry } from '../../runners/payload/cache-entry.ts';
import { labCacheFolder } from '../../runners/lab/base.ts';
import { labDiskVersion, makeLabDisk } from '../../runners/lab/disk.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import type { CommandContext } from '../environment/context.ts';
import { tareVersion } from '../environment/package.ts';
import { fillOwnCache } from '../run/rehearse.ts';
import type { LabSession } from './messages.ts';

export interface Given {
  disk: string;
  payload: LabSession['payload'];
}

export async function givenDisk(scenario: ResolvedScenario, context: CommandContext): Promise<Given> {
  const { signal, log, folders } = context;
  const { cache } = folders;
  const payload = await buildPayload(scenario.workload.rootfs, { cache, signal, log });
  const platforms = scenario.platforms.map(({ runner, options, launch }) => ({ runner, options, launch }));
  const key = createHash('sha256')
    .update(JSON.stringify([labDiskVersion, tareVersion, payload.digest, scenario.workload, platforms]))
    .digest('hex');
  const folder = join(cache, labCacheFolder, `given-${key}`);
  await makeEntry(folder, async (temporary) => {
    log.progress('preparing what the lab is given: payload and images');
    const [own, rehearsal] = [join(temporary, 'cache'), join(temporary, 'run')];
    await fillOwnCache(scenario, payload, { own, folder: rehearsal }, context);
    log.progress('packing what the lab is given: several seconds');
    await makeLabDisk('given', own, join(temporary, 'disk.ext4'), signal);
    for (const left of [own, rehearsal]) await rm(left, { recursive: true });
  });
  return { disk: join(folder, 'disk.ext4'), payload: { digest: payload.digest, image: payload.image } };
}
