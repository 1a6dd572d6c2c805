/**
 * The disk that brings what a scenario needs of the cache: its payload, and what is packed from it. It is made in a
 * cache of its own by a rehearsal outside, in which every platform is prepared and none is started. What cannot be
 * prepared outside (a runtime that is not installed) is prepared inside, more slowly.
 */
import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { run } from '../../runners/machine/command.ts';
import { buildPayload } from '../../runners/payload/build-payload.ts';
import { exists, makeEntry } from '../../runners/payload/cache-entry.ts';
import type { BuiltPayload, Payload } from '../../runners/payload/payload.ts';
import { labCacheFolder } from '../../runners/lab/base.ts';
import { labDiskVersion, makeLabDisk } from '../../runners/lab/disk.ts';
import { applyOverrides } from '../../scenarios/loader/overrides.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import type { CommandContext } from '../environment/context.ts';
import { tareVersion } from '../environment/package.ts';
import { imagesOnly } from '../run/prepare/images-only.ts';
import { runSuite } from '../run/suite.ts';
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
    const own = join(temporary, 'cache');
    await seed(cache, own, payload);
    await rehearse(scenario, payload, join(temporary, 'run'), {
      ...context,
      folders: { ...folders, cache: own },
    });
    for (const left of ['scratch', 'probes']) await rm(join(own, left), { recursive: true, force: true });
    log.progress('packing what the lab is given: several seconds');
    await makeLabDisk('given', own, join(temporary, 'disk.ext4'), signal);
    for (const left of [own, join(temporary, 'run')]) await rm(left, { recursive: true });
  });
  return { disk: join(folder, 'disk.ext4'), payload: { digest: payload.digest, image: payload.image } };
}

/** What is there already, as hard links: they take no room, and nothing of a cache is ever changed. */
async function seed(cache: string, own: string, payload: Payload): Promise<void> {
  const digest = payload.digest.replace('sha256:', '');
  for (const entry of [
    dirname(payload.root),
    join(cache, 'guests'),
    join(cache, 'oci', digest),
    join(cache, 'disks', `${digest}.ext4`),
    join(cache, 'disks', `${digest}.ext4.json`),
  ]) {
    if (!(await exists(entry))) continue;
    const parent = dirname(entry) === cache ? own : join(own, basename(dirname(entry)));
    await mkdir(parent, { recursive: true });
    await run('cp', ['--archive', '--link', entry, parent]);
  }
}

async function rehearse(
  scenario: ResolvedScenario,
  { digest, image }: BuiltPayload,
  folder: string,
  context: CommandContext,
): Promise<void> {
  // Emulation is there on every machine, and the images are the same.
  const everywhere = { platforms: [], measures: [], samples: null, accel: 'tcg' } as const;
  const rehearsal = applyOverrides(imagesOnly(scenario), everywhere);
  const platforms = rehearsal.platforms.map((platform) => ({ ...platform, required: false }));
  // Inside, each is said again where it still holds.
  const warn = (message: string): void => {
    context.log.debug(message);
  };
  const quiet = { ...context, log: { ...context.log, warn } };
  await runSuite({ ...rehearsal, platforms }, { folder, seed: 0, payload: { digest, image } }, quiet);
  context.signal.throwIfAborted();
}
