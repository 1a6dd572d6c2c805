/** Labs for benchmarks: runs of a built-in scenario in them, with everything in the cache. Tare must be built. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultLabCpus, defaultMemoryBytes } from '../../../bench/lab/fit.ts';
import { inLab } from '../../../bench/lab/run-in-lab.ts';
import type { CommandContext } from '../../../bench/environment/context.ts';
import type { RecordedSummary, RunRecord } from '../../../bench/record/schema.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { LabClock } from '../../../runners/lab/arguments.ts';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import { applyOverrides } from '../../../scenarios/loader/overrides.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import { testContext } from '../../support/context.ts';
import { makeSandbox, sharedCache } from '../../support/tare.ts';

export interface LabRun {
  record: RunRecord;
  /** From the order to start the lab until its first message, by the clock outside. */
  bootMs: number;
  /** From the lab's kernel to its first message, by the clock inside. */
  uptimeMs: number;
  /** How often the lab stopped responding, and the run was continued in another. */
  hangs: number;
}

export interface LabStage {
  context: CommandContext;
  /** A built-in one; `measures` may be empty: all of them. */
  scenario(name: string, filter: ScenarioFilter): ResolvedScenario;
  run(scenario: ResolvedScenario, clock: LabClock): Promise<LabRun>;
  close(): Promise<void>;
}

interface ScenarioFilter {
  platforms: readonly string[];
  measures: readonly string[];
  samples: number;
}

/** A lab hangs about once in a hundred starts of a VM; more than so often in one run is a fault of another kind. */
const mostHangs = 3;

export async function openLabStage(): Promise<LabStage> {
  const box = await makeSandbox();
  const base = testContext(box.folder);
  await mkdir(sharedCache, { recursive: true });
  const at = { starts: NaN, says: NaN, uptimeMs: NaN };
  const log = {
    ...base.log,
    progress: (message: string) => {
      if (message.startsWith('starting the lab')) at.starts = monotonicMs();
    },
    debug: (message: string) => {
      const [, uptimeMs] = /^the lab runs: Tare began (\S+) ms/.exec(message) ?? [];
      if (uptimeMs !== undefined) Object.assign(at, { says: monotonicMs(), uptimeMs: Number(uptimeMs) });
    },
  };
  const context = { ...base, log, folders: { ...base.folders, cache: sharedCache } };
  let runs = 0;
  return {
    context,
    scenario: (name, filter) =>
      applyOverrides(loadScenario(name, { cwd: box.folder }), { ...filter, accel: null }),
    async run(scenario, clock) {
      runs += 1;
      const runScenario = inLab({
        suite: 'bookworm',
        cpus: clock === 'virtual' ? 1 : defaultLabCpus(),
        memoryBytes: defaultMemoryBytes,
        accel: 'auto',
        clock,
      });
      const folder = join(box.folder, `run-${runs}`);
      const options = { folder, seed: 1 };
      for (let hangs = 0; ; hangs += 1) {
        try {
          const record = await runScenario(scenario, options, context);
          return { record, bootMs: at.says - at.starts, uptimeMs: at.uptimeMs, hangs };
        } catch (error) {
          if (hangs === mostHangs || !String(error).includes('stopped responding')) throw error;
        }
      }
    },
    close: () => box.remove(),
  };
}

export function summaryOf(record: RunRecord, platform: string, metric: string): RecordedSummary {
  const found = record.results.find((each) => each.platform === platform && each.metric === metric);
  if (!found) throw new Error(`${platform} in the lab has no ${metric}`);
  return found.summary;
}
