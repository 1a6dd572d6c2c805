/** The measure `isolation`: what stands between the workload and the kernel of the host. Evidence, and no score. */
import { z } from 'zod';
import { defineMeasure } from './measure.ts';
import type { Metric } from './metric.ts';
import { samples, sampling } from './samples.ts';

const schema = z
  .strictObject({ samples: samples.prefault(1).describe('How often it is looked at.') })
  .describe('What the kernel lets the process do that stands between the workload and the host.');

const count = (better: Metric['better'], definition: string): Metric => ({
  unit: 'count',
  better,
  isExact: true,
  definition: `${definition} Of the workload itself in a container or as a bare process, of the VMM for a VM: the process of the instance with the most namespaces of its own.`,
});

export const isolation = defineMeasure<typeof schema, { samples: number }>({
  title: 'Isolation',
  schema,
  takes: 'server',
  resolve: (written) => ({ samples: written.samples }),
  sampling: sampling(),
  metrics: {
    'isolation.capabilities': count('lower', 'Effective capabilities; root of the host has some forty.'),
    'isolation.namespaces': count('higher', "Kinds of namespaces that are not the harness's own, of eight."),
    'isolation.noNewPrivileges': count('higher', 'NoNewPrivs: 1 where no program can gain privileges.'),
    'isolation.seccomp': count('higher', '1 where a seccomp filter stands before its system calls.'),
    'isolation.devices': count(
      'lower',
      'Device nodes of the host that it holds open, such as /dev/kvm; /dev/null and its like are not counted.',
    ),
  },
});
