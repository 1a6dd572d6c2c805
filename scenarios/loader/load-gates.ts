/** Gates in a file: those of a scenario, and a file with nothing but gates, for samples that no scenario has. */
import { z } from 'zod';
import { check, label } from './check.ts';
import { ScenarioError, type Mistake } from './error.ts';
import { gateMistakes, resolveGates, type GateMetrics } from './gates.ts';
import type { MetricUnit } from '../measures/metric.ts';
import type { ResolvedGate } from '../resolved.ts';
import { gateSchema } from '../schema/scenario-schema.ts';
import { readSource, type Source } from './source.ts';

interface GateSubjects {
  /** Ids. */
  platforms: readonly string[];
  metrics: GateMetrics;
}

/** What the schema alone cannot see. It looks at the file's own data, so that it works beside mistakes of other kinds. */
export function checkGates(
  source: Source,
  entries: readonly unknown[],
  { platforms, metrics }: GateSubjects,
  mistakes: Mistake[],
): void {
  for (const [index, entry] of entries.entries()) {
    const gate = gateSchema.safeParse(entry);
    if (!gate.success) continue;
    for (const { path, message } of gateMistakes(gate.data, platforms, metrics)) {
      const whole = ['gates', index, ...path];
      mistakes.push(source.mistake(whole, `${label(whole)}${message}`));
    }
  }
}

const fileSchema = z.strictObject({ gates: z.array(gateSchema).min(1) });

/**
 * @param file absolute path of a YAML file whose only key is `gates`
 * @param options.units of the metrics that gates may name
 * @throws ScenarioError with every mistake of the file
 */
export function loadGates(
  file: string,
  {
    cwd,
    platforms,
    units,
  }: { cwd: string; platforms: readonly string[]; units: ReadonlyMap<string, MetricUnit> },
): ResolvedGate[] {
  const source = readSource(file, cwd);
  const mistakes: Mistake[] = [];
  const metrics: GateMetrics = {
    unitOf: (metric) => units.get(metric) ?? null,
    known: [...units.keys()],
    missing: () => null,
  };
  const data = check(fileSchema, source.value, source, [], mistakes);
  if (data !== null) checkGates(source, data.gates, { platforms, metrics }, mistakes);
  if (data === null || mistakes.length > 0) throw new ScenarioError(mistakes);
  return resolveGates(data.gates, metrics);
}
