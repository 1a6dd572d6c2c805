/** The measure `burst`: many starts at once. */
import { z } from 'zod';
import { duration, wholeNumber } from '../schema/fields.ts';
import { defineMeasure } from './measure.ts';
import { ms, type Metric } from './metric.ts';
import { samples, sampling } from './samples.ts';

export interface BurstOptions {
  /** Bursts of each size. */
  samples: number;
  /** Starts of the largest burst. */
  most: number;
  /** Starts at a steady rate after the bursts; null: none. */
  ladder: { durationMs: number; most: number } | null;
}

const schema = z
  .strictObject({
    samples: samples.prefault(6).describe('Bursts of each size, the warm-up not counted.'),
    most: wholeNumber(1, 4096)
      .prefault(8)
      .describe('Starts of the largest burst; the others have 1, 2, 4 … of them.'),
    ladder: z
      .strictObject({
        duration: duration(1000, 3_600_000).prefault('20s').describe('How long each rate is offered.'),
        most: wholeNumber(1, 4096).prefault(64).describe('The highest rate that is offered, per second.'),
      })
      .optional()
      .describe(
        'Then starts at 1, 2, 4 … per second, until one fails or takes twice as long as at the lowest rate; without it none.',
      ),
  })
  .describe('How long many instances take that are all started at the same moment, and how many get ready.');

const time = (which: string): Metric =>
  ms(
    `${which} in a burst of so many (\`instances\`). \`clock\`: \`start\` counts from the moment at which all start commands are released until the first good answer; \`request\` has on top how long layer, network and cgroup took, which all instances were given at the same time, too.`,
  );

const lenses: Readonly<Record<string, string>> = {
  instance: 'of the instances, for VMs with the kernel threads that serve them',
  engine: 'of the engines and helpers that serve all containers, outside of the instances',
  machine: 'of the whole machine, less what it uses at rest, and less the harness and the prober',
  unclaimed: 'that the machine lost and neither instances nor engine claim: short-lived helpers, for one',
};

export const burst = defineMeasure<typeof schema, BurstOptions>({
  title: 'Burst',
  schema,
  takes: 'server',
  resolve: ({ samples: count, most, ladder }) => ({
    samples: count,
    most,
    ladder: ladder ? { durationMs: ladder.duration, most: ladder.most } : null,
  }),
  sampling: sampling(),
  metrics: {
    'burst.ready': time('When the last one is ready'),
    'burst.median': time('When half of them are ready'),
    'burst.first': { ...time('When the first one is ready'), isPart: true },
    'burst.p90': { ...time('When 90 % of them are ready'), isPart: true },
    'burst.rate': {
      unit: 'rps',
      better: 'higher',
      definition: 'Starts per second: those of the burst over the time until the last one is ready.',
    },
    'burst.slowdown': {
      unit: 'ratio',
      better: 'lower',
      definition: 'The median of the burst over the time of a single start in the same block.',
    },
    'burst.success': {
      unit: 'share',
      better: 'higher',
      definition:
        'Share of the starts that became ready. A burst in which one did not has no other figure: those that are left had more of the machine.',
    },
    'burst.sustained': {
      unit: 'rps',
      better: 'higher',
      definition:
        'The highest rate of starts per second that was kept up with (`ladder`): none failed, and 95 % of them took at most twice as long as at one per second.',
      isSingle: true,
    },
    'burst.p95': {
      ...ms(
        'What 95 % of the starts stayed below that were requested at this `rate` per second, from the moment at which each was meant to be requested.',
      ),
      isPart: true,
    },
    'burst.lag': {
      ...ms('From the release until the harness had handed over the last start command.'),
      isPart: true,
    },
    'burst.busy': {
      unit: 'share',
      better: 'lower',
      definition:
        "Share of the machine's CPUs that were busy until the last one was ready. From 0.9 on the CPUs were the limit.",
      isPart: true,
    },
    'burst.stalled': {
      unit: 'share',
      better: 'lower',
      definition:
        "Share of the time until the last one was ready in which some task of the machine waited for this resource, by the kernel's own account (pressure stall information).",
      isPart: true,
    },
    'cpu.start': {
      ...ms('CPU time, user and system, for each start of a burst.'),
      ofLens: (lens) => `CPU time, user and system, for each start of a burst: ${lenses[lens] ?? lens}.`,
    },
  },
  differences: [{ level: 'note', what: 'largest burst', option: 'most' }],
});
