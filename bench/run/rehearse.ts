/**
 * A cache of its own with what a scenario needs: its payload, and what is packed from it. It is filled by a rehearsal, in
 * which every platform is prepared and none is started. What cannot be prepared here (a runtime that is not installed) is
 * prepared where the cache is used, more slowly.
 */
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { run } from '../../runners/machine/command.ts';
import { entriesOf, exists } from '../../runners/payload/cache-entry.ts';
import type { BuiltPayload, Payload } from '../../runners/payload/payload.ts';
import { applyOverrides } from '../../scenarios/loader/overrides.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import type { CommandContext } from '../environment/context.ts';
import { imagesOnly } from './prepare/images-only.ts';
import { kindOf } from './prepare/platforms.ts';
import { runSuite } from './suite.ts';

/**
 * @param payload in the usual cache
 * @param own the new cache, on the file system of the usual one
 * @param folder of the rehearsal's run; nobody needs it afterwards
 */
export async function fillOwnCache(
  scenario: ResolvedScenario,
  payload: BuiltPayload,
  { own, folder }: { own: string; folder: string },
  context: CommandContext,
): Promise<void> {
  const { folders } = context;
  const hasVm = scenario.platforms.some((platform) => kindOf(platform) === 'vm');
  await seed(folders.cache, own, payload, hasVm);
  await rehearse(scenario, payload, folder, { ...context, folders: { ...folders, cache: own } });
  for (const left of ['scratch', 'probes']) await rm(join(own, left), { recursive: true, force: true });
}

/**
 * What is there already, as hard links: they take no room, and nothing of a cache is ever changed. What another run is
 * just building there is left out; it may be gone before it is copied.
 */
export async function seed(cache: string, own: string, payload: Payload, hasVm: boolean): Promise<void> {
  const digest = payload.digest.replace('sha256:', '');
  for (const entry of [
    dirname(payload.root),
    ...(hasVm ? await entriesOf(join(cache, 'guests')) : []),
    ...(await entriesOf(join(cache, 'oci', digest))),
    join(cache, 'disks', `${digest}.ext4`),
    join(cache, 'disks', `${digest}.ext4.json`),
  ]) {
    if (!(await exists(entry))) continue;
    const parent = join(own, relative(cache, dirname(entry)));
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
  // Where the cache is used, each is said again if it still holds.
  const warn = (message: string): void => {
    context.log.debug(message);
  };
  const quiet = { ...context, log: { ...context.log, warn } };
  await runSuite({ ...rehearsal, platforms }, { folder, seed: 0, payload: { digest, image } }, quiet);
  context.signal.throwIfAborted();
}
