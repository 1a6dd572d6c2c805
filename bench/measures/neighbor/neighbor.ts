/** Takes the measure `neighbor`: pairs of windows of one instance, with and without an aggressor beside it. */
import type { NeighborOptions } from '../../../scenarios/measures/neighbor.ts';
import type { ResolvedPlatform } from '../../../scenarios/resolved.ts';
import type { AggressorKind, LimitState } from '../../../scenarios/schema/allowed-words.ts';
import { formatDuration, formatSize } from '../../../scenarios/schema/quantities.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import { kindOf } from '../../run/prepare/platforms.ts';
import type { CapacityWork, Measure } from '../measure.ts';
import { neighborFigures } from './pair.ts';
import { withSite, type Site } from './site.ts';
import { findRate, takePair } from './windows.ts';

export const neighbor: Measure<NeighborOptions> = {
  capacity: {
    require: () => Promise.resolve(),
    cpus: ({ budget }) => budget.cpus,
    take: takeNeighbor,
    figures: neighborFigures,
    estimateMs: (options, { platforms }) =>
      platforms.reduce((sum, platform) => sum + platformMs(options, platform), 0),
  },
  planLines: (options) => [
    `neighbor: two instances in ${formatSize(options.budget.memoryBytes)} and ${options.budget.cpus} CPUs; ` +
      `${options.aggressors.join(', ')}; limits ${options.limits.join(', ')}`,
    `  ${options.pairs} pairs of windows of ${formatDuration(options.windowMs)}, each after ${formatDuration(options.settleMs)}`,
  ],
};

function platformMs(options: NeighborOptions, platform: ResolvedPlatform): number {
  const pairMs = 2 * (options.windowMs + options.settleMs);
  return limitsOf(options, platform).length * options.aggressors.length * options.pairs * pairMs;
}

/** A VM has its memory and its CPUs whatever is asked for. */
function limitsOf({ limits }: NeighborOptions, platform: ResolvedPlatform): LimitState[] {
  return kindOf(platform) === 'vm' ? limits.filter((state) => state === 'off') : [...limits];
}

async function takeNeighbor(work: CapacityWork<NeighborOptions>, platform: ResolvedPlatform): Promise<void> {
  const { options, run } = work;
  const { pushPath } = run.scenario.workload;
  if (pushPath === undefined || pushPath === null) {
    throw new InstanceFailure(
      'measure-failed',
      'the workload has no `push-path`; expected one that becomes an aggressor, as the workload `neighbor` has it',
    );
  }
  for (const limits of limitsOf(options, platform)) {
    const isLacking = options.aggressors.some(
      (aggressor) => lacking(work, platform, aggressor, limits).length > 0,
    );
    if (!isLacking) continue;
    await withSite(work, platform, limits, async (site) => {
      const rps = rateSoFar(work, platform, limits) ?? (await findRate(site));
      for (const aggressor of options.aggressors) await takeAggressor(site, aggressor, rps, pushPath);
    });
  }

  async function takeAggressor(
    site: Site,
    aggressor: AggressorKind,
    rps: number,
    path: string,
  ): Promise<void> {
    for (const number of lacking(work, platform, aggressor, site.limits)) {
      const of = `${aggressor}, limits ${site.limits}, pair ${number} of ${options.pairs}`;
      run.context.log.progress(`${platform.id}: neighbor: ${of}`);
      const pair = await takePair(site, { aggressor, limits: site.limits, number, rps }, path);
      const at = new Date().toISOString();
      await run.journal.write({ type: 'neighbor-pair', platform: platform.id, at, pair });
    }
    // What one has left behind is none of the next one's.
    await site.aggressor.remove();
  }
}

/** Numbers of the pairs that an earlier part of the run has not taken. */
function lacking(
  { run, options }: CapacityWork<NeighborOptions>,
  { id }: ResolvedPlatform,
  aggressor: AggressorKind,
  limits: LimitState,
): number[] {
  const taken = run.journal.events.flatMap((event) =>
    event.type === 'neighbor-pair' &&
    event.platform === id &&
    event.pair.aggressor === aggressor &&
    event.pair.limits === limits
      ? [event.pair.number]
      : [],
  );
  const numbers = Array.from({ length: options.pairs }, (_, index) => index + 1);
  return numbers.filter((number) => !taken.includes(number));
}

/** Every pair of a platform is asked at the same rate. */
function rateSoFar(
  { run }: CapacityWork<NeighborOptions>,
  { id }: ResolvedPlatform,
  limits: LimitState,
): number | null {
  for (const event of run.journal.events) {
    if (event.type === 'neighbor-pair' && event.platform === id && event.pair.limits === limits) {
      return event.pair.rps;
    }
  }
  return null;
}
