/** The measure `memory`: one running instance through every lens, at rest and after a load. */
import { z } from 'zod';
import { duration, number } from '../schema/fields.ts';
import { defineMeasure } from './measure.ts';
import { bytes } from './metric.ts';
import { followingSamples, sampling } from './samples.ts';

interface MemoryOptions {
  samples: number;
  settleMs: number;
  load: { rps: number; durationMs: number } | null;
}

const load = z
  .union([
    z.literal('none'),
    z.strictObject({
      rps: number(0.1, 100_000).describe('Requests per second, sent at fixed times.'),
      duration: duration(100, 3_600_000).describe('For how long.'),
    }),
  ])
  .prefault('none')
  .describe('Load before the second reading; `none`: memory is read at rest only.');

const schema = z
  .strictObject({
    samples: followingSamples,
    settle: duration(0, 600_000).prefault('1s').describe('Rest between ready (or the load) and the reading.'),
    load,
  })
  .describe('Memory by several lenses, at rest and after a load.');

const parts: Readonly<Record<string, string>> = {
  'guest-ram': 'the RAM of the guest',
  snapshot: 'pages of the snapshot that the clone has not written, shared with all that map them',
  vmm: 'the VMM itself, without guest RAM and translation cache',
  'tcg-cache': 'the translation cache of the software emulation',
};

export const memory = defineMeasure<typeof schema, MemoryOptions>({
  title: 'Memory',
  schema,
  takes: 'server',
  resolve: (written, usual) => ({
    samples: written.samples ?? usual.samples,
    settleMs: written.settle,
    load: written.load === 'none' ? null : { rps: written.load.rps, durationMs: written.load.duration },
  }),
  sampling: sampling(),
  metrics: {
    'memory.pss': bytes(
      'Proportional set size over every process of the instance, helpers included: private pages whole, shared pages divided among those who map them.',
    ),
    'memory.uss': bytes('Unique set size: pages that only this instance maps, and that its end would free.'),
    'memory.rss': bytes(
      'Resident set size over every process of the instance; counts shared pages once per process.',
    ),
    'memory.cgroup': bytes(
      "The kernel's account of the instance's cgroup, page cache and kernel memory included.",
    ),
    'memory.workingset': bytes('The cgroup account without inactive file pages, as the kubelet defines it.'),
    'memory.host': bytes(
      "Fall of the host's MemAvailable since before the start. It sees everything, other programs of the machine too, so it is noisy.",
    ),
    'memory.guest': bytes("In use as the guest's own kernel counts it: its MemTotal minus its MemAvailable."),
    'memory.unclaimed': {
      ...bytes(
        'The host lens minus the PSS: what the host has lost and no process of the instance claims (kernel structures, page tables, and the noise of the host lens).',
      ),
      isPart: true,
    },
    'memory.part': {
      ...bytes('Share of the PSS that belongs to one part of a VM.'),
      isPart: true,
      ofLens: (lens) => `Share of the PSS that is ${parts[lens] ?? lens}.`,
    },
  },
  differences: [{ level: 'note', what: 'load of the memory measure', option: 'load' }],
});
