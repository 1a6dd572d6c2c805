/** A run's resources and prepared platforms for benchmarks, without the suite around them. */
import { mkdir, mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { splitCpus } from '../../bench/run/host/cpus.ts';
import { allowedCpus } from '../../runners/machine/cpu-list.ts';
import { preparePlatform } from '../../bench/run/prepare/platforms.ts';
import { serverReadiness } from '../../bench/run/instance/start.ts';
import type { ProbeTarget } from '../../bench/prober/prober.ts';
import { openResources, type RunResources } from '../../bench/run/resources.ts';
import { buildPayload } from '../../runners/payload/build-payload.ts';
import type { Payload } from '../../runners/payload/payload.ts';
import type { Instance, PreparedPlatform } from '../../runners/runner.ts';
import { loadScenario } from '../../scenarios/loader/load.ts';
import { applyOverrides } from '../../scenarios/loader/overrides.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../scenarios/resolved.ts';
import { testContext, type TestContext } from '../support/context.ts';
import { sharedCache } from '../support/tare.ts';

export interface BenchStage {
  scenario: ResolvedScenario;
  payload: Payload;
  resources: RunResources;
  context: TestContext;
  /** A new folder for the logs of instances. */
  logs: string;
  prepare(platform: ResolvedPlatform): Promise<PreparedPlatform>;
  target(platform: ResolvedPlatform, instance: Instance): ProbeTarget;
  close(): Promise<void>;
}

/** @param budgetCpus CPUs for all instances together, as a density's budget has them */
export async function openBenchStage(
  scenarioName: string,
  platforms: string[],
  budgetCpus = 1,
): Promise<BenchStage> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-bench-'));
  const base = testContext(folder);
  await mkdir(sharedCache, { recursive: true });
  // By its real name: runc refuses a root filesystem behind a symbolic link.
  const cache = await realpath(sharedCache);
  const context = { ...base, folders: { ...base.folders, cache } };
  const overrides = { platforms, measures: [], samples: null, accel: null };
  const scenario = applyOverrides(loadScenario(scenarioName, { cwd: folder }), overrides);
  const payload = await buildPayload(scenario.workload.rootfs, { ...context, cache });
  const resources = await openResources(
    context,
    { cpus: splitCpus(await allowedCpus(), budgetCpus), options: {} },
    () => Promise.resolve(),
  );
  const prepared: PreparedPlatform[] = [];
  return {
    scenario,
    payload,
    resources,
    context,
    logs: await mkdtemp(join(folder, 'logs-')),
    async prepare(platform) {
      const ready = await preparePlatform(platform, scenario.workload, payload, resources);
      prepared.push(ready);
      return ready;
    },
    target: (platform, instance) => ({
      instance: instance.id,
      ...instance.address,
      readiness: serverReadiness(scenario.workload.ready),
      cgroupPath: instance.cgroup.path,
      commandPath: platform.launch.command[0] ?? '',
      sharesKernel: platform.runner !== 'qemu',
    }),
    async close() {
      for (const ready of prepared) await ready.dispose();
      await resources.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
