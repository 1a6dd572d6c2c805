/** Gates: which metrics there are to judge, and their bounds in the metric's unit. */
import {
  durationExample,
  parseDuration,
  parsePercent,
  parseSize,
  percentExample,
  sizeExample,
} from '../schema/quantities.ts';
import type { ResolvedGate } from '../resolved.ts';
import type { GateEntry } from '../schema/scenario-schema.ts';
import type { Path } from './source.ts';
import { didYouMean } from './suggest.ts';
import { listMetrics, metricOf } from '../measures/measures.ts';
import type { MetricUnit } from '../measures/metric.ts';

/** Which metrics gates may name. */
export interface GateMetrics {
  /** Null for an unknown metric. */
  unitOf(metric: string): MetricUnit | null;
  /** For the message about an unknown one. */
  known: readonly string[];
  /** Why a known metric will have no samples; null: it will. */
  missing(metric: string): string | null;
}

/** Metrics of a scenario with these measures. */
export function metricsOf(measures: readonly string[]): GateMetrics {
  return {
    unitOf,
    known: listMetrics().map(({ name }) => name),
    missing(metric) {
      const measure = metricOf(metric)?.measure;
      if (measure === undefined || measures.includes(measure)) return null;
      return `the scenario does not measure it; add "${measure}: {}" to measures`;
    },
  };
}

/** Null for a metric that Tare does not know. */
function unitOf(metric: string): MetricUnit | null {
  return metricOf(metric)?.unit ?? null;
}

export interface GateMistake {
  /** Below the gate. */
  path: Path;
  message: string;
}

/**
 * @param platforms ids of the scenario's platforms
 * @returns everything that the schema alone cannot see
 */
export function gateMistakes(
  gate: GateEntry,
  platforms: readonly string[],
  metrics: GateMetrics,
): GateMistake[] {
  const mistakes: GateMistake[] = [];
  const wrong = (path: Path, message: string): void => void mistakes.push({ path, message });
  const unit = metrics.unitOf(gate.metric);
  if (unit === null) {
    wrong(
      ['metric'],
      `unknown metric ${JSON.stringify(gate.metric)}${didYouMean(gate.metric, metrics.known)}`,
    );
  }
  const missing = metrics.missing(gate.metric);
  if (missing !== null) wrong(['metric'], missing);
  for (const key of ['platform', 'over'] as const) {
    const id = gate[key];
    if (id === undefined || platforms.includes(id)) continue;
    wrong([key], `unknown platform ${JSON.stringify(id)}${didYouMean(id, platforms)}`);
  }
  if (gate.over === gate.platform) wrong(['over'], 'is the judged platform itself; expected another one');
  const bounded = gate.max !== undefined || gate.min !== undefined;
  if (gate['worse-by'] === undefined) {
    if (!bounded) wrong([], 'has no bound and could never fail; expected max, min or both, or worse-by');
  } else {
    if (bounded) wrong(['worse-by'], 'stands beside max or min; write a gate for each');
    if (parsePercent(gate['worse-by']) === null)
      wrong(['worse-by'], `expected ${percentExample}, found ${JSON.stringify(gate['worse-by'])}`);
  }
  const bounds = { max: gate.max, min: gate.min };
  for (const [key, written] of Object.entries(bounds)) {
    if (written === undefined || unit === null) continue;
    const right = expectedBound(gate, unit);
    if (boundValue(written, gate, unit) === null)
      wrong([key], `expected ${right}, found ${JSON.stringify(written)}`);
  }
  if (unit !== null && gate.max !== undefined && gate.min !== undefined) {
    const [max, min] = [boundValue(gate.max, gate, unit), boundValue(gate.min, gate, unit)];
    if (max !== null && min !== null && max < min)
      wrong(['max'], 'is below min; expected a max of at least min');
  }
  return mistakes;
}

/** @param gates without mistakes */
export function resolveGates(
  gates: readonly GateEntry[],
  metrics: Pick<GateMetrics, 'unitOf'>,
): ResolvedGate[] {
  const taken = new Map<string, number>();
  return gates.map((gate) => {
    const unit = metrics.unitOf(gate.metric);
    if (unit === null) throw new Error(`unknown metric ${gate.metric}`);
    const lens = gate.lens === undefined ? '' : `[${gate.lens}]`;
    const base = `${gate.metric}${lens} ${gate.platform}${gate.over === undefined ? '' : `/${gate.over}`}`;
    const count = (taken.get(base) ?? 0) + 1;
    taken.set(base, count);
    return {
      id: count === 1 ? base : `${base} (${count})`,
      metric: gate.metric,
      lens: gate.lens ?? null,
      platform: gate.platform,
      over: gate.over ?? null,
      max: gate.max === undefined ? null : boundValue(gate.max, gate, unit),
      min: gate.min === undefined ? null : boundValue(gate.min, gate, unit),
      worseBy: gate['worse-by'] === undefined ? null : parsePercent(gate['worse-by']),
      level: gate.level,
    };
  });
}

function boundValue(written: number | string, gate: GateEntry, unit: MetricUnit): number | null {
  if (typeof written === 'number') return Number.isFinite(written) && written >= 0 ? written : null;
  if (gate.over !== undefined) return null;
  if (unit === 'ms') return parseDuration(written);
  return unit === 'bytes' ? parseSize(written) : null;
}

function expectedBound(gate: GateEntry, unit: MetricUnit): string {
  if (gate.over !== undefined) return 'a plain number, the ratio to the platform in "over"';
  if (unit === 'ms') return `milliseconds or ${durationExample}`;
  if (unit === 'bytes') return `bytes or ${sizeExample}`;
  return unit === 'count' ? 'a plain number of instances' : 'a plain number';
}
