/** The measure `startup`: time and CPU time until the first good answer, with its phases. */
import { z } from 'zod';
import {
  idleCpusStates,
  pageCacheStates,
  type IdleCpus,
  type PageCacheState,
} from '../schema/allowed-words.ts';
import { defineMeasure } from './measure.ts';
import { ms } from './metric.ts';
import { resolveSamples, samplesOrRule, type StoppingRule } from './samples.ts';

interface StartupOptions {
  /** With a rule the most. */
  samples: number;
  /** Null: every platform has that many. */
  stopping: StoppingRule | null;
  pageCache: PageCacheState;
  idleCpus: IdleCpus;
}

const schema = z
  .strictObject({
    samples: samplesOrRule
      .prefault(10)
      .describe(
        'Samples per platform, the warm-up block not counted: a number, or { min, max, until: 5% }, with which the width of ' +
          'the interval after the first decides how many there are.',
      ),
    'page-cache': z
      .enum(pageCacheStates)
      .prefault('warm')
      .describe("State of the kernel's page cache before each start."),
    'idle-cpus': z
      .enum(idleCpusStates)
      .prefault('poll')
      .describe(
        'What idle CPUs do from the start command until ready: `poll`, so that none has to be woken, or `as-is`.',
      ),
  })
  .describe('Time and CPU time from the start command to the first good answer, with its phases.');

const phasePrefix = 'startup.phase.';

/** The metric of a phase. */
export function phaseMetric(name: string): string {
  return phasePrefix + name;
}

/** The phase that a metric is the time of; null: of none. */
export function phaseOf(metric: string): string | null {
  return metric.startsWith(phasePrefix) ? metric.slice(phasePrefix.length) : null;
}

/** Phases that the runners' and the prober's marks begin; a workload's own marks add others. */
export const phases: Readonly<Record<string, string>> = {
  launch:
    'the start command prepares the instance: from the start until the workload (for a VM: the machine) runs',
  firmware: 'the firmware runs and the kernel is loaded and unpacked',
  kernel: "the guest's kernel starts, up to the first instruction of its initrd",
  restore: "the snapshot's device state is loaded",
  resume: 'the clone runs again and takes on its own address, until the first connection',
  initrd: 'the initrd loads drivers and mounts the root disk',
  init: 'the guest sets up mounts and network',
  workload: "from the execution of the workload's command until it listens (or until its next own mark)",
  response: 'from listening until the first complete good answer (or until its next own mark)',
  unexplained: 'time between marks of which one is missing or out of order',
};

export const startup = defineMeasure<typeof schema, StartupOptions>({
  title: 'Startup',
  schema,
  takes: 'server',
  resolve: (written) => ({
    ...resolveSamples(written.samples),
    pageCache: written['page-cache'],
    idleCpus: written['idle-cpus'],
  }),
  sampling: {
    count: ({ samples }) => samples,
    // Whoever says a number means it.
    withCount: (options, samples) => ({ ...options, samples, stopping: null }),
  },
  metrics: {
    'startup.ready': ms(
      'From just before the start command is handed to the system until the first complete good answer has arrived at the prober, on the host clock.',
    ),
    'cpu.ready': ms(
      'CPU time, user and system, that the whole instance (for a VM: with its VMM) used until it was ready.',
    ),
  },
  families: [
    {
      prefix: phasePrefix,
      of: 'phase',
      metric: (name) => ({
        ...ms(
          `Phase "${name}": ${phases[name] ?? `from the workload's own mark "${name}" until the next mark`}.`,
        ),
        isPart: true,
      }),
    },
  ],
  differences: [{ level: 'obstacle', what: 'page-cache state', option: 'pageCache' }],
});
