/** The budget that victim and aggressor share, with the platform prepared in it; all of it is gone afterwards. */
import { join } from 'node:path';
import { allowedCpus } from '../../../runners/machine/cpu-list.ts';
import { CleanUp } from '../../../runners/machine/lease/clean-up.ts';
import type { Cgroup } from '../../../runners/machine/cgroup/cgroup.ts';
import type { Instance } from '../../../runners/runner.ts';
import type { NeighborOptions } from '../../../scenarios/measures/neighbor.ts';
import { withLimits } from '../../../scenarios/platforms/platforms.ts';
import type { ResolvedPlatform, ResolvedWorkload } from '../../../scenarios/resolved.ts';
import type { LimitState } from '../../../scenarios/schema/allowed-words.ts';
import type { Prober } from '../../prober/prober.ts';
import { splitCpus } from '../../run/host/cpus.ts';
import { serverReadiness } from '../../run/instance/start.ts';
import { kindOf, preparePlatform, recordPrepared, sharesKernel } from '../../run/prepare/platforms.ts';
import { openBudget } from '../density/budget.ts';
import type { CapacityWork } from '../measure.ts';
import { Box } from './box.ts';

export interface Site {
  options: NeighborOptions;
  limits: LimitState;
  workload: ResolvedWorkload;
  prober: Prober;
  victim: Box;
  aggressor: Box;
  signal: AbortSignal;
}

export async function withSite(
  { run, options, payload, resources }: CapacityWork<NeighborOptions>,
  written: ResolvedPlatform,
  limits: LimitState,
  use: (site: Site) => Promise<void>,
): Promise<void> {
  const { scenario, context, journal } = run;
  const { workload } = scenario;
  const { signal, log } = context;
  const { budget: shared } = options;
  const cpuset = splitCpus(await allowedCpus(), shared.cpus).instances;
  const platform = underLimits(written, limits, options, workload);
  const cleanUp = new CleanUp();
  try {
    log.progress(`${platform.id}: preparing it for an aggressor, limits ${limits}`);
    const budget = await cleanUp.add(
      openBudget(resources.run, `neighbor-${platform.id}-${limits}`, { ...shared, diskBytes: null }, cpuset),
      (made) => made.close(),
    );
    const { prober } = resources;
    const { cgroup } = budget.context;
    await cgroup.limitProcesses(shared.processes);
    const engineOutside = { ...budget.context, cgroup: withEngineIn(resources.run.cgroup, cgroup) };
    const prepared = await cleanUp.add(
      preparePlatform(platform, workload, payload, { run: engineOutside, prober }),
      (made) => made.dispose(),
    );
    if (!journal.events.some((event) => event.type === 'platform' && event.platform.id === platform.id)) {
      const details = { cpuset: cpuset?.join(',') ?? 'all', sharesHarnessCpu: cpuset === null };
      const recorded = recordPrepared(written, prepared, payload.digest, details);
      await journal.write({ type: 'platform', platform: recorded });
    }
    const common = {
      ...{ platform, prepared, prober, signal },
      ready: serverReadiness(workload.ready),
      sharesKernel: sharesKernel(platform, prepared),
      logs: join(run.options.folder, 'logs'),
    };
    const prefix = `${platform.id}-${limits}`;
    const victim = new Box({ ...common, prefix: `${prefix}-v`, confine: () => Promise.resolve() });
    const confine = async (instance: Instance): Promise<void> => {
      if (limits === 'on') await instance.cgroup.limitProcesses(options.processes);
    };
    const aggressor = new Box({ ...common, prefix: `${prefix}-a`, confine });
    for (const box of [victim, aggressor]) await cleanUp.add(Promise.resolve(box), (made) => made.remove());
    await cleanUp.add(Promise.resolve(budget), (made) => made.lift());
    await use({ options, limits, workload, prober, victim, aggressor, signal });
  } finally {
    await cleanUp.run().catch((error: unknown) => {
      log.warn(`${platform.id}: clean-up: ${String(error)}`);
    });
  }
}

/** Without limits of its own a container has all of the budget; a VM is as large as it is. */
function underLimits(
  platform: ResolvedPlatform,
  limits: LimitState,
  { budget: { cpus, memoryBytes } }: NeighborOptions,
  workload: ResolvedWorkload,
): ResolvedPlatform {
  if (limits === 'on' || kindOf(platform) === 'vm') return platform;
  return withLimits(platform, { cpus, memoryBytes }, workload);
}

/** An engine serves from outside of the budget: an aggressor that ended it would have proven something else. */
function withEngineIn(outside: Cgroup, budget: Cgroup): Cgroup {
  return {
    ...budget,
    child: (name) => (name.endsWith('-engine') ? outside.child(name) : budget.child(name)),
  };
}
