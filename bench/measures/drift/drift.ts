/** Takes the measure `drift`: instances boot, serve and end, and their root file systems are held against the image. */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import type { OpenRoot } from '../../../runners/machine/open-root.ts';
import { readManifest } from '../../../runners/payload/manifest.ts';
import type { Instance, PreparedPlatform } from '../../../runners/runner.ts';
import type { DriftOptions } from '../../../scenarios/measures/drift.ts';
import type { ResolvedPlatform } from '../../../scenarios/resolved.ts';
import { loadQuestionOf } from '../../prober/question.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import { explain, serverReadiness, startAndWait } from '../../run/instance/start.ts';
import type { CapacityWork, Measure } from '../measure.ts';
import { withPlatform } from '../platform-alone.ts';
import { differenceOf, filesOf, listed, treeOf, type Tree } from './compare.ts';
import { driftFigures, type TakenDrift } from './figures.ts';

type Work = CapacityWork<DriftOptions>;
type After = TakenDrift['after'];

const instancesPerSample = 4;

export const drift: Measure<DriftOptions> = {
  capacity: {
    require: () => Promise.resolve(),
    cpus: () => 1,
    take: measureDrift,
    figures: driftFigures,
    estimateMs: ({ samples }, { platforms }, instanceMs) =>
      platforms.reduce((sum, { id }) => sum + samples * instancesPerSample * instanceMs(id), 0),
  },
  planLines: ({ samples, load }) => [
    `drift: ${samples} times on each platform, after boot, after ${load.durationMs / 1000} s of ${load.rps} requests/s, and after a restart`,
  ],
};

async function measureDrift(work: Work, platform: ResolvedPlatform): Promise<void> {
  const { run, options } = work;
  const { journal, context } = run;
  const blocks = Array.from({ length: options.samples }, (_, index) => index + 1);
  const isTaken = (block: number): boolean =>
    journal.events.some(
      (event) => event.type === 'drift' && event.platform === platform.id && event.block === block,
    );
  if (blocks.every(isTaken)) return;
  context.log.progress(`${platform.id}: preparing it for drift`);
  await withPlatform(work, platform, async (prepared) => {
    const image = await readImage(work, prepared);
    for (const block of blocks) {
      if (isTaken(block)) continue;
      context.log.progress(`${platform.id}: drift, ${block} of ${blocks.length}`);
      const taken = { work, platform, prepared, image, block };
      const lists = await takeLists(taken);
      const at = new Date().toISOString();
      await journal.write({ type: 'drift', platform: platform.id, block, at, lists });
    }
  });
}

interface Site {
  work: Work;
  platform: ResolvedPlatform;
  prepared: PreparedPlatform;
  image: Tree;
  block: number;
}

/** What an instance left: its tree, and the blocks that a file of it takes. */
interface Left {
  instance: string;
  tree: Tree;
  list: TakenDrift;
}

async function takeLists(site: Site): Promise<TakenDrift[]> {
  const { platform, block, work } = site;
  const name = `${platform.id}-drift${block}`;
  const layer = join(work.resources.run.folders.scratch, `${name}-layer`);
  const id = (what: string): string => `${name}-${what}`;
  try {
    const booted = await live(site, { id: id('boot'), after: 'boot' });
    const first = await live(site, { id: id('load1'), after: 'load', keepIn: layer });
    const second = await live(site, { id: id('load2'), after: 'load' });
    const lists = [booted.list, first.list, between(first, second)];
    if (!first.hasKept) return lists;
    const restarted = await live(site, { id: id('restart'), after: 'restart', layer });
    return [...lists, restarted.list];
  } finally {
    await rm(layer, { recursive: true, force: true });
  }
}

interface LiveInput {
  id: string;
  after: After;
  /** Folder that its layer is copied to, for another one. */
  keepIn?: string;
  layer?: string;
}

/** The whole life of one instance. */
async function live(
  site: Site,
  { id, after, keepIn, layer }: LiveInput,
): Promise<Left & { hasKept: boolean }> {
  const { prepared, work, image } = site;
  const { run } = work;
  const logs = join(run.options.folder, 'logs', id);
  await mkdir(logs, { recursive: true });
  const instance = await prepared.create({ id, logs, ...(layer === undefined ? {} : { layer }) });
  try {
    await startAndLoad(site, instance, after === 'load');
    await instance.stop('graceful');
    await instance.exited;
    run.context.signal.throwIfAborted();
    const root = await openRootOf(instance, site.platform);
    let left: Left;
    try {
      const tree = await readTree(root, run.context.signal);
      left = { instance: id, tree, list: listOf({ id, after, image, tree, root }) };
    } finally {
      await root.close();
    }
    if (keepIn === undefined || !instance.copyLayer) return { ...left, hasKept: false };
    await mkdir(keepIn, { recursive: true });
    await instance.copyLayer(keepIn);
    return { ...left, hasKept: true };
  } finally {
    await instance.dispose();
  }
}

async function startAndLoad({ work, platform }: Site, instance: Instance, isLoaded: boolean): Promise<void> {
  const { run, options, resources } = work;
  const { workload } = run.scenario;
  const { signal } = run.context;
  const { prober } = resources;
  try {
    await startAndWait(instance, {
      ...{ platform, prober, signal, ready: serverReadiness(workload.ready) },
      // Nobody looks at their marks.
      sharesKernel: false,
    });
    if (!isLoaded) return;
    const question = loadQuestionOf(workload.ready, workload.loadPath);
    await prober.load({ ...instance.address, ...question, ...options.load });
  } catch (error) {
    throw await explain(error, instance, signal);
  }
}

/** @throws InstanceFailure where the platform keeps its root file systems to itself */
async function openRootOf(instance: Instance, { id }: ResolvedPlatform): Promise<OpenRoot> {
  if (instance.openRoot) return await instance.openRoot();
  throw new InstanceFailure(
    'measure-failed',
    `${id} keeps its root file systems where Tare cannot read them`,
  );
}

async function readImage({ payload, run }: Work, prepared: PreparedPlatform): Promise<Tree> {
  if (!prepared.openRoot) return treeOf(await readFile(payload.manifest, 'utf8'));
  const root = await prepared.openRoot();
  try {
    return await readTree(root, run.context.signal);
  } finally {
    await root.close();
  }
}

async function readTree({ folder }: OpenRoot, signal: AbortSignal): Promise<Tree> {
  let lines = '';
  await readManifest(folder, signal, {
    write: (piece) => void (lines += piece),
    // A server that was killed may leave one, and a manifest has no word for it.
    omits: ({ stat }) => stat.isSocket(),
  });
  return treeOf(lines);
}

function listOf({
  id,
  after,
  image,
  tree,
  root,
}: {
  id: string;
  after: After;
  image: Tree;
  tree: Tree;
  root: OpenRoot;
}): TakenDrift {
  const taken = compared({ instance: id, after, against: null }, image, tree);
  const { added, changed } = differenceOf(image, tree);
  const allocated = [...added, ...changed].reduce((sum, path) => sum + allocatedBytes(root, path), 0);
  return { ...taken, allocated };
}

function between(first: Left, second: Left): TakenDrift {
  const who = { instance: second.instance, after: 'load' as const, against: first.instance };
  return compared(who, first.tree, second.tree);
}

function compared(
  who: Pick<TakenDrift, 'instance' | 'after' | 'against'>,
  before: Tree,
  tree: Tree,
): TakenDrift {
  const difference = differenceOf(before, tree);
  const files = filesOf(difference, tree);
  const classes: Record<string, number> = {};
  for (const file of files) classes[file.class] = (classes[file.class] ?? 0) + 1;
  return {
    ...who,
    ...listed(files),
    counts: {
      added: difference.added.length,
      changed: difference.changed.length,
      deleted: difference.deleted.length,
    },
    classes,
    bytes: files.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    allocated: 0,
  };
}

/** Of a regular file; a folder takes blocks whatever is in it. */
function allocatedBytes({ folder }: OpenRoot, path: string): number {
  // A name that is not UTF-8 is written in another way in the manifest.
  if (path.startsWith('\0')) return 0;
  const stat = lstatSync(join(folder, path));
  return stat.isFile() ? stat.blocks * 512 : 0;
}
