/** Takes the measure `memory`: one running instance through every lens, at rest and after a load. */
import { setTimeout as sleep } from 'node:timers/promises';
import { memAvailable } from '../../runners/machine/meminfo.ts';
import { readRollup, sumRollups } from '../../runners/machine/smaps.ts';
import type { Instance } from '../../runners/runner.ts';
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import { InstanceFailure } from '../run/instance/failure.ts';
import { loadQuestionOf } from '../prober/question.ts';
import type { Measure, Taking } from './measure.ts';

export const memory: Measure<OptionsOf<'memory'>> = {
  instance: {
    hooks(taking) {
      let availableBefore = 0;
      return {
        async before() {
          availableBefore = await memAvailable();
        },
        running: (alive) => takeMemory(taking, availableBefore, alive),
      };
    },
    estimateMs: ({ settleMs, load }) => settleMs + (load?.durationMs ?? 0),
  },
};

async function takeMemory(
  { options, instance, workload, prober, sample }: Taking<OptionsOf<'memory'>>,
  availableBefore: number,
  alive: AbortSignal,
): Promise<void> {
  await sleep(options.settleMs, undefined, { signal: alive });
  await takeState('rest');
  if (!options.load) return;
  const { rps, durationMs } = options.load;
  const path = workload.loadPath;
  const question = loadQuestionOf(workload.ready, path);
  const result = await prober.load({ ...instance.address, ...question, rps, durationMs }, alive);
  alive.throwIfAborted();
  // Memory "after load" means nothing if the load was not served.
  if (result.errors > 0) {
    throw new InstanceFailure(
      'measure-failed',
      `${result.errors} of ${result.sent} requests to ${path} failed during the memory load`,
    );
  }
  await takeState('loaded');

  async function takeState(state: string): Promise<void> {
    for (const { metric, lens, bytes } of await readMemory(instance, availableBefore)) {
      sample({ metric, lens, condition: { state }, value: bytes });
    }
  }
}

interface MemoryFigure {
  metric: string;
  lens: string;
  bytes: number;
}

/**
 * @param availableBefore the host's MemAvailable right before the start, bytes
 * @returns a figure for each lens that applies to the instance
 */
async function readMemory(instance: Instance, availableBefore: number): Promise<MemoryFigure[]> {
  // The host lens comes first: reading smaps of a large process itself takes memory for a moment.
  const host = availableBefore - (await memAvailable());
  const cgroup = await instance.cgroup.memory();
  const rollups = await Promise.all((await instance.cgroup.processes()).map((pid) => readRollup(pid)));
  const sum = sumRollups(rollups);
  const guest = await instance.guestMemory();
  const parts = await instance.memoryParts();
  const lenses: Record<string, number> = {
    ...sum,
    cgroup: cgroup.usageBytes,
    workingset: cgroup.workingSetBytes,
    host,
    ...(guest === null ? {} : { guest }),
    unclaimed: host - sum.pss,
  };
  return [
    ...Object.entries(lenses).map(([lens, bytes]) => ({ metric: `memory.${lens}`, lens, bytes })),
    ...parts.map(({ part, pssBytes }) => ({ metric: 'memory.part', lens: part, bytes: pssBytes })),
  ];
}
