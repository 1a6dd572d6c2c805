/** The scenario without anything that would need an instance. */
import type { ResolvedScenario } from '../../scenarios/resolved.ts';

export function imagesOnly(scenario: ResolvedScenario): ResolvedScenario {
  return {
    ...scenario,
    measures: { startup: null, stop: null, memory: null, image: {}, density: null },
    gates: scenario.gates.filter((gate) => gate.metric.startsWith('image.')),
  };
}
