/** The measure `completion`: a workload that ends by itself, from the start command to its end. */
import { z } from 'zod';
import { pageCacheStates, type PageCacheState } from '../schema/allowed-words.ts';
import { defineMeasure } from './measure.ts';
import { ms } from './metric.ts';
import { samples, sampling } from './samples.ts';
import { phases } from './startup.ts';

interface CompletionOptions {
  samples: number;
  pageCache: PageCacheState;
}

const schema = z
  .strictObject({
    samples: samples.prefault(10).describe('Samples per platform, the warm-up block not counted.'),
    'page-cache': z
      .enum(pageCacheStates)
      .prefault('warm')
      .describe("State of the kernel's page cache before each start."),
  })
  .describe('Time and CPU time of a workload that does its work and ends by itself (`ready: { by: exit }`).');

const endPhases: Readonly<Record<string, string>> = {
  ...phases,
  workload: "from the execution of the workload's command to its end (or to its next own mark)",
  teardown: "from the workload's end until the start command (for a VM: the machine) has ended, too",
};

export const completion = defineMeasure<typeof schema, CompletionOptions>({
  title: 'Completion',
  schema,
  takes: 'program',
  resolve: (written) => ({ samples: written.samples, pageCache: written['page-cache'] }),
  sampling: sampling(),
  metrics: {
    'completion.total': ms(
      'From just before the start command is handed to the system until that command (for a VM: the machine) has ended, on the host clock: what a stopwatch around `docker run` shows.',
    ),
    'completion.work': ms(
      "From the execution of the workload's command until its first process has ended, as this kernel saw it; for a VM as its first program told the host.",
    ),
    'cpu.completion': ms(
      'CPU time, user and system, that the whole instance (for a VM: with its VMM) used until its end.',
    ),
  },
  families: [
    {
      prefix: 'completion.phase.',
      of: 'phase',
      metric: (name) => ({
        ...ms(
          `Phase "${name}": ${endPhases[name] ?? `from the workload's own mark "${name}" until the next mark`}.`,
        ),
        isPart: true,
      }),
    },
  ],
  differences: [{ level: 'obstacle', what: 'page-cache state', option: 'pageCache' }],
});
