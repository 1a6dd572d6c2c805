/** Takes the measure `completion`: a workload that does its work and ends by itself, timed as with a stopwatch. */
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import { dropPageCache } from '../run/host/page-cache.ts';
import type { Measure } from './measure.ts';
import { endChain, phasesOf } from './phases.ts';

export const completion: Measure<OptionsOf<'completion'>> = {
  instance: {
    startConditions: {
      prepare: async ({ pageCache }) => {
        if (pageCache === 'cold') await dropPageCache();
      },
    },
    hooks: ({ instance, prepared, workload, sample }) => ({
      async ended() {
        const cpuMs = await instance.cgroup.cpuTimeMs();
        const marks = instance.marks.all();
        const { spawned = 0, exec, ended, gone = 0 } = marks;
        sample({ metric: 'completion.total', value: gone - spawned });
        // Both or neither: half of it from the workload and half from the box would be the work of neither.
        if (exec !== undefined && ended !== undefined) {
          sample({ metric: 'completion.work', value: ended - exec });
        }
        const phases = phasesOf(endChain(prepared.marks, workload.marks), marks);
        for (const [name, value] of Object.entries(phases)) {
          sample({ metric: `completion.phase.${name}`, value });
        }
        sample({ metric: 'cpu.completion', value: cpuMs });
      },
    }),
  },
};
