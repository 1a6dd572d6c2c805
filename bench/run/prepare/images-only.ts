/** The scenario without anything that would need an instance. */
import { metricOf, onlyMeasures } from '../../../scenarios/measures/measures.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';

export function imagesOnly(scenario: ResolvedScenario): ResolvedScenario {
  return {
    ...scenario,
    measures: { ...onlyMeasures(scenario.measures, () => false), image: {} },
    gates: scenario.gates.filter((gate) => metricOf(gate.metric)?.measure === 'image'),
  };
}
