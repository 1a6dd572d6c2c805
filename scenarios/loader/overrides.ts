/** What the command line changes of a scenario: filters, samples, accelerator. */
import { dirname } from 'node:path';
import { ScenarioError } from './error.ts';
import {
  measureNames,
  metricOf,
  onlyMeasures,
  takenMeasures,
  withSamples,
  type MeasureName,
  type ResolvedMeasures,
} from '../measures/measures.ts';
import { limitProblem, resolvePlatform, withAccel } from '../platforms/platforms.ts';
import { shortPlatform, shortPlatformNames } from '../platforms/table.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../resolved.ts';
import { didYouMean } from './suggest.ts';
import type { AccelChoice } from '../schema/allowed-words.ts';

export interface Overrides {
  /** Ids to keep, or short names to add; empty: all of the scenario's. */
  platforms: readonly string[];
  /** Measures to keep; empty: all of the scenario's. */
  measures: readonly string[];
  /** Samples of every measure; null: the scenario's. */
  samples: number | null;
  /** Accelerator of every VM; null: the scenario's. */
  accel: AccelChoice | null;
}

/** @throws ScenarioError that names every unknown platform and measure, and those there are */
export function applyOverrides(scenario: ResolvedScenario, overrides: Overrides): ResolvedScenario {
  const wrong: string[] = [];
  if (overrides.samples !== null && !(Number.isInteger(overrides.samples) && overrides.samples >= 1)) {
    wrong.push(`samples: expected a whole number of at least 1, found ${overrides.samples}`);
  }
  const platforms = choosePlatforms(scenario, overrides.platforms, wrong).map((platform) =>
    overrides.accel === null ? platform : withAccel(platform, overrides.accel),
  );
  const measures = chooseMeasures(scenario, overrides, wrong);
  const [first] = platforms;
  if (wrong.length > 0 || first === undefined) {
    throw new ScenarioError(wrong.map((message) => ({ file: '', line: null, column: null, message })));
  }
  const ids = new Set(platforms.map((platform) => platform.id));
  return {
    ...scenario,
    platforms,
    measures,
    baseline: ids.has(scenario.baseline) ? scenario.baseline : first.id,
    gates: scenario.gates.filter((gate) => {
      const measure = metricOf(gate.metric)?.measure;
      const measured = measure !== undefined && measures[measure] !== null;
      return measured && ids.has(gate.platform) && (gate.over === null || ids.has(gate.over));
    }),
  };
}

function choosePlatforms(
  scenario: ResolvedScenario,
  ids: readonly string[],
  wrong: string[],
): ResolvedPlatform[] {
  if (ids.length === 0) return scenario.platforms;
  const kept = scenario.platforms.filter((platform) => ids.includes(platform.id));
  const others = [...new Set(ids)].filter((id) => !kept.some((platform) => platform.id === id));
  const known = scenario.platforms.map((platform) => platform.id);
  const added: ResolvedPlatform[] = [];
  for (const id of others) {
    if (shortPlatform(id) !== null) {
      const platform = resolvePlatform(id, scenario.limits, scenario.workload, dirname(scenario.file));
      const problem = limitProblem(platform);
      if (problem !== null) wrong.push(`platform ${id} of scenario ${scenario.name}: ${problem}`);
      added.push(platform);
    } else {
      const names = [...new Set([...known, ...shortPlatformNames])];
      wrong.push(
        `unknown platform ${JSON.stringify(id)} for scenario ${scenario.name}${didYouMean(id, names)}`,
      );
    }
  }
  return [...kept, ...added];
}

function chooseMeasures(
  scenario: ResolvedScenario,
  { measures: names, samples }: Overrides,
  wrong: string[],
): ResolvedMeasures {
  const measured = takenMeasures(scenario.measures);
  for (const name of names) {
    if ((measured as readonly string[]).includes(name)) continue;
    const is = (measureNames as readonly string[]).includes(name) ? 'is not measured' : 'is unknown';
    wrong.push(
      `measure ${JSON.stringify(name)} ${is} in scenario ${scenario.name}${didYouMean(name, measured)}`,
    );
  }
  const keep = (name: MeasureName): boolean => names.length === 0 || names.includes(name);
  const chosen = onlyMeasures(scenario.measures, keep);
  return samples === null ? chosen : withSamples(chosen, samples);
}
