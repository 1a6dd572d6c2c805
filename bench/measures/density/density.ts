/** Takes the measure `density`: how many instances of each platform fit into a budget. */
import type { ResolvedDensity } from '../../../scenarios/measures/density.ts';
import type { Measure } from '../measure.ts';
import { requireBudget, requireMerging } from './check.ts';
import { densityFigures } from './gather.ts';
import { measureDensity } from './measure.ts';
import { densityEstimateMs, densityLines } from './plan.ts';

export const density: Measure<ResolvedDensity> = {
  capacity: {
    async require({ budget, samePageMerging }, { cpus, cache }) {
      await requireBudget(budget, cpus, cache);
      if (samePageMerging === 'on') await requireMerging();
    },
    cpus: ({ budget }) => budget.cpus,
    take: measureDensity,
    figures: densityFigures,
    estimateMs: densityEstimateMs,
  },
  planLines: densityLines,
};
