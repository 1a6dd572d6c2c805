/** Takes the measure `startup`: the time to the first good answer, its phases, and the CPU time until then. */
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import { phaseMetric } from '../../scenarios/measures/startup.ts';
import { withIdleCpus } from '../run/host/idle-cpus.ts';
import { dropPageCache } from '../run/host/page-cache.ts';
import type { Measure } from './measure.ts';
import { markChain, phasesOf } from './phases.ts';

export const startup: Measure<OptionsOf<'startup'>> = {
  instance: {
    startConditions: {
      prepare: async ({ pageCache }) => {
        if (pageCache === 'cold') await dropPageCache();
      },
      during: ({ idleCpus }, start) => withIdleCpus(idleCpus, start),
    },
    hooks: ({ instance, prepared, workload, sample }) => ({
      async ready({ readyAt, lastFailureAt }) {
        const cpuMs = await instance.cgroup.cpuTimeMs();
        const marks = instance.marks.all();
        const spawnedAt = marks['spawned'] ?? readyAt;
        sample({
          metric: 'startup.ready',
          value: readyAt - spawnedAt,
          ...(lastFailureAt === null ? {} : { earliest: Math.max(0, lastFailureAt - spawnedAt) }),
        });
        const phases = phasesOf(markChain(prepared.marks, workload.marks), marks);
        for (const [name, value] of Object.entries(phases)) {
          sample({ metric: phaseMetric(name), value });
        }
        sample({ metric: 'cpu.ready', value: cpuMs });
      },
    }),
  },
};
