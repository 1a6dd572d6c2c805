/** Takes the measure `burst`: bursts of 1, 2, 4 … starts, in blocks of one of each size, shuffled. */
import { setMaxListeners } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BurstOptions } from '../../../scenarios/measures/burst.ts';
import type { ResolvedPlatform } from '../../../scenarios/resolved.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import { serverReadiness } from '../../run/instance/start.ts';
import { recordFailure } from '../../run/journal/record-failure.ts';
import { sharesKernel } from '../../run/prepare/platforms.ts';
import { seededRandom, shuffle } from '../../statistics/random.ts';
import type { CapacityWork, Measure } from '../measure.ts';
import { withPlatform } from '../platform-alone.ts';
import { burstFigures, type TakenBurst } from './figures.ts';
import { climb } from './ladder.ts';
import { shareAtRest, takeBurst, type BurstSite } from './take-burst.ts';

/** How long the machine is watched at rest, before the first burst of a platform. */
const restMs = 1000;

export const burst: Measure<BurstOptions> = {
  capacity: {
    require: () => Promise.resolve(),
    // Of its own the prober has one where there are two.
    cpus: () => 1,
    take: measureBurst,
    figures: burstFigures,
    estimateMs: ({ samples, most, ladder }, { platforms }, instanceMs) => {
      const starts = most + samples * burstSizes(most).reduce((sum, size) => sum + size, 0);
      // Not all of an instance's time is its start, and not all of a start is CPU time.
      const ladderMs = ladder ? ladder.durationMs * (Math.log2(ladder.most) + 1) : 0;
      return platforms.reduce((sum, { id }) => sum + (starts * instanceMs(id)) / 4 + ladderMs, 0);
    },
  },
  planLines: ({ samples, most, ladder }) => [
    `burst: ${samples} times ${burstSizes(most).join(', ')} starts at once, shuffled, one platform after the other`,
    ...(ladder
      ? [`  then 1, 2, 4 … ${ladder.most} starts per second, for ${ladder.durationMs / 1000} s each`]
      : []),
  ],
};

/** 1, 2, 4 … and the largest. */
export function burstSizes(most: number): number[] {
  const sizes: number[] = [];
  for (let size = 1; size < most; size *= 2) sizes.push(size);
  return [...sizes, most];
}

/** Block 0 is the warm-up: one burst of the largest size. */
export function burstBlocks(
  { samples, most }: Pick<BurstOptions, 'samples' | 'most'>,
  seed: number,
): number[][] {
  const random = seededRandom(seed);
  const blocks = Array.from({ length: samples }, () => shuffle(burstSizes(most), random));
  return [[most], ...blocks];
}

async function measureBurst(work: CapacityWork<BurstOptions>, platform: ResolvedPlatform): Promise<void> {
  const { run, options, resources } = work;
  const { journal, context, scenario } = run;
  const blocks = burstBlocks(options, run.options.seed);
  const isTaken = (block: number): boolean =>
    journal.events.some(
      (event) => event.type === 'burst' && event.platform === platform.id && event.block === block,
    );
  const { ladder } = options;
  const hasClimbed = journal.events.some(
    (event) => event.type === 'ladder' && event.platform === platform.id,
  );
  if (blocks.every((_, block) => isTaken(block)) && (ladder === null || hasClimbed)) return;
  context.log.progress(`${platform.id}: preparing it for bursts`);
  await withPlatform(work, platform, async (prepared) => {
    const { prober } = resources;
    const { signal, log } = context;
    // Every start that is under way listens to it, and Node would take more than ten for a leak.
    setMaxListeners(0, signal);
    const site: BurstSite = {
      ...{ platform, prepared, prober, signal, log },
      ready: serverReadiness(scenario.workload.ready),
      sharesKernel: sharesKernel(platform, prepared),
      logs: join(run.options.folder, 'logs'),
      cpuset: run.cpus.instances,
      restShare: await shareAtRest(prober, () => sleep(restMs, undefined, { signal })),
    };
    for (const [block, sizes] of blocks.entries()) {
      if (isTaken(block)) continue;
      const bursts: TakenBurst[] = [];
      for (const size of sizes) {
        const name = block === 0 ? 'warm-up' : `block ${block} of ${blocks.length - 1}`;
        log.progress(`${platform.id}: burst of ${size}, ${name}`);
        bursts.push(await takeOne(work, site, block, size));
      }
      const at = new Date().toISOString();
      await journal.write({ type: 'burst', platform: platform.id, block, at, bursts });
    }
    if (ladder === null || hasClimbed) return;
    const steps = await climb(site, ladder, `${platform.id}-ladder`, async (instance, error, step) => {
      const told = failureOf(
        error,
        `${step.failed} of ${step.starts} starts at ${step.rate} per second failed`,
      );
      const place = { platform: platform.id, measure: 'burst', instance: { id: instance, block: 1 } };
      await recordFailure(run, { ...place, error: told, fallbackCode: 'start-failed' });
    });
    const at = new Date().toISOString();
    await journal.write({ type: 'ladder', platform: platform.id, at, steps });
  });
}

/** @throws InstanceFailure where not even one start succeeds: there is nothing to find out then */
async function takeOne(
  { run }: CapacityWork<BurstOptions>,
  site: BurstSite,
  block: number,
  size: number,
): Promise<TakenBurst> {
  const { id } = site.platform;
  const { burst, failure } = await takeBurst(site, size, `${id}-burst${block}-${size}-`);
  if (failure === null) return burst;
  const { error, instance } = failure;
  const failed = size - burst.starts.length;
  const told = failureOf(error, `${failed} of ${size} starts at once failed`);
  if (burst.starts.length === 0) throw told;
  const place = { platform: id, measure: 'burst', instance: { id: instance, block } };
  await recordFailure(run, { ...place, error: told, fallbackCode: 'start-failed' });
  return burst;
}

/** With the class of the first of several. */
function failureOf(error: unknown, what: string): InstanceFailure {
  const detail = error instanceof Error ? error.message : String(error);
  const code = error instanceof InstanceFailure ? error.code : 'start-failed';
  return new InstanceFailure(code, `${what}; the first: ${detail}`);
}
