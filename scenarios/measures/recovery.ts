/** The measure `recovery`: what happens after a fault, by the platform's own means. */
import { z } from 'zod';
import { faultKinds, type FaultKind } from '../schema/allowed-words.ts';
import { duration, number, wholeNumber } from '../schema/fields.ts';
import { defineMeasure } from './measure.ts';
import { ms } from './metric.ts';
import { samples, sampling } from './samples.ts';

export interface RecoveryOptions {
  samples: number;
  faults: FaultKind[];
  /** How long an instance serves before its fault. */
  healthyMs: number;
  /** How long it may take to answer again. */
  waitMs: number;
  /** Requests per second of the client that looks on. */
  rps: number;
  /** How often one instance is killed, each time as soon as it answers; 0: it is not. */
  crashes: number;
}

const minute = 60_000;

const schema = z
  .strictObject({
    samples: samples.prefault(3).describe('How often each fault is tried.'),
    faults: z
      .array(z.enum(faultKinds, `expected one of ${faultKinds.join(', ')}`))
      .min(1, 'expected at least one fault')
      .prefault([...faultKinds])
      .describe(
        "kill: the workload's main process; oom: the kernel kills it for memory; box: what stands around it (shim, monitor, runtime, QEMU); panic: a guest's kernel; hang: its processes are stopped. A platform that cannot have a fault is not tried.",
      ),
    healthy: duration(0, 10 * minute)
      .prefault('12s')
      .describe('How long an instance serves before its fault; docker forgets earlier ends after 10 s.'),
    wait: duration(100, 10 * minute)
      .prefault('15s')
      .describe('How long it may take to answer again; later is never.'),
    rps: number(1, 1000).prefault(100).describe('Requests per second of the client that looks on.'),
    crashes: wholeNumber(0, 20)
      .prefault(0)
      .describe(
        'Crash loop: how often one instance is killed, each time as soon as it answers; 0: not at all.',
      ),
  })
  .describe(
    'Whether an instance comes back after a fault by default and by its own mechanism, how fast, and what a client sees of it.',
  );

export const recovery = defineMeasure<typeof schema, RecoveryOptions>({
  title: 'Recovery',
  schema,
  takes: 'server',
  resolve: (written) => ({
    samples: written.samples,
    faults: [...new Set(written.faults)],
    healthyMs: written.healthy,
    waitMs: written.wait,
    rps: written.rps,
    crashes: written.crashes,
  }),
  sampling: sampling(),
  metrics: {
    'recovery.default': {
      unit: 'yes-no',
      better: 'higher',
      definition:
        'Whether an instance that was started as the platform does by default answered again, or still, after the fault: 1 or 0 for each try. `mechanism` names what the platform has for it, on by default or not.',
    },
    'recovery.returned': {
      unit: 'yes-no',
      better: 'higher',
      definition:
        "The same with the platform's own mechanism switched on. A platform without one has no such figure.",
    },
    'recovery.detect': ms('From the fault until the engine has told of the end.'),
    'recovery.restart': ms('From the fault until the engine has told of the start that followed.'),
    'recovery.ready': ms('From the fault until the first good answer of what came after.'),
    'recovery.outage': ms(
      'What the client saw: from the first request that failed to the first good answer after the last that failed. 0: none failed.',
    ),
    'recovery.failed': {
      unit: 'count',
      better: 'lower',
      definition: 'Requests of the client that were not answered well within a second.',
    },
  },
  differences: [
    { level: 'obstacle', what: "rate of the client's requests in the recovery measure", option: 'rps' },
    { level: 'note', what: 'time before a fault in the recovery measure', option: 'healthyMs' },
    { level: 'note', what: 'time that recovery may take', option: 'waitMs' },
  ],
});
