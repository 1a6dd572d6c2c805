/** The table of measures: what can be asked for. One line each, in the order in which reports show them. */
import { z } from 'zod';
import type { ResolvedPlatform, ResolvedWorkload } from '../resolved.ts';
import { burst } from './burst.ts';
import { completion } from './completion.ts';
import { density } from './density.ts';
import { drift } from './drift.ts';
import { image } from './image.ts';
import { isolation } from './isolation.ts';
import type { AnyMeasure, OptionDifference, OptionMistake } from './measure.ts';
import { memory } from './memory.ts';
import { metricOfFamily, type Metric } from './metric.ts';
import { neighbor } from './neighbor.ts';
import { resolveSamples } from './samples.ts';
import { persistence } from './persistence.ts';
import { portability } from './portability.ts';
import { recovery } from './recovery.ts';
import { startup } from './startup.ts';
import { stop } from './stop.ts';
import { throughput } from './throughput.ts';

export const measures = {
  startup,
  completion,
  memory,
  image,
  stop,
  throughput,
  density,
  burst,
  neighbor,
  persistence,
  drift,
  portability,
  recovery,
  isolation,
} satisfies Record<string, AnyMeasure>;

export type MeasureName = keyof typeof measures;
export type OptionsOf<Name extends MeasureName> = ReturnType<(typeof measures)[Name]['resolve']>;
/** Options of every measure of a scenario; null: it is not taken. */
export type ResolvedMeasures = { [Name in MeasureName]: OptionsOf<Name> | null };

export const measureNames = Object.keys(measures) as MeasureName[];

type MeasuresFile = z.output<typeof measuresSchema>;
type Shape = { [Name in MeasureName]: z.ZodOptional<(typeof measures)[Name]['schema']> };

export const measuresSchema = z.strictObject(
  Object.fromEntries(measureNames.map((name) => [name, specOf(name).schema.optional()])) as Shape,
);

/** The number of samples where neither the measure nor startup says one. */
const usualSamples = 10;

export function resolveMeasures(written: MeasuresFile): ResolvedMeasures {
  const usual = {
    samples: written.startup ? resolveSamples(written.startup.samples).samples : usualSamples,
  };
  return eachMeasure((name) => (written[name] ? specOf(name).resolve(written[name], usual) : null));
}

/** Measures that a scenario takes, in the order of the table. One that a run of an older version does not know is not taken. */
export function takenMeasures(resolved: Partial<ResolvedMeasures>): MeasureName[] {
  return measureNames.filter((name) => (resolved[name] ?? null) !== null);
}

export function optionMistakes(
  resolved: ResolvedMeasures,
  platforms: readonly ResolvedPlatform[],
): { measure: MeasureName; mistake: OptionMistake }[] {
  return takenMeasures(resolved).flatMap((measure) =>
    (specOf(measure).mistakes?.(resolved[measure] ?? {}, platforms) ?? []).map((mistake) => ({
      measure,
      mistake,
    })),
  );
}

/** Measures that cannot be taken of the workload, since it serves, or since it does not. */
export function unsuitableMeasures(
  resolved: ResolvedMeasures,
  { ready }: Pick<ResolvedWorkload, 'ready'>,
): MeasureName[] {
  const unsuitable = ready.by === 'exit' ? 'server' : 'program';
  return takenMeasures(resolved).filter((name) => specOf(name).takes === unsuitable);
}

/** Whether a measure has a number of samples of its own. */
export function isSampled(name: MeasureName): boolean {
  return specOf(name).sampling !== undefined;
}

/** Samples that a measure asks for; null: it is not taken, or has no number of its own. */
export function samplesOf(resolved: Partial<ResolvedMeasures>, name: MeasureName): number | null {
  const options = resolved[name] ?? null;
  return options === null ? null : (specOf(name).sampling?.count(options) ?? null);
}

/** The chosen measures with that many samples, as far as they count samples; all others as they are. */
export function withSamples(
  resolved: ResolvedMeasures,
  count: number,
  isChosen: (name: MeasureName) => boolean = () => true,
): ResolvedMeasures {
  return eachMeasure((name) => {
    const options = resolved[name] ?? null;
    const { sampling } = specOf(name);
    return options && sampling && isChosen(name) ? sampling.withCount(options, count) : options;
  });
}

/** Without the measures that are not chosen. */
export function onlyMeasures(
  resolved: ResolvedMeasures,
  isChosen: (name: MeasureName) => boolean,
): ResolvedMeasures {
  return eachMeasure((name) => (isChosen(name) ? (resolved[name] ?? null) : null));
}

/**
 * What a metric is; null for a name that is none of ours. This is the one place that knows.
 *
 * @param lens tells the parts of some metrics apart
 */
export function metricOf(metric: string, lens?: string): (Metric & { measure: MeasureName }) | null {
  for (const measure of measureNames) {
    const { metrics, families = [] } = specOf(measure);
    const own = Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
    const found =
      own ?? families.map((family) => metricOfFamily(family, metric)).find((each) => each !== null);
    if (!found) continue;
    const definition = lens === undefined ? undefined : found.ofLens?.(lens);
    return { ...found, ...(definition === undefined ? {} : { definition }), measure };
  }
  return null;
}

/** Every measure with what its schema says of it. */
export function listMeasures(): { name: MeasureName; description: string }[] {
  return measureNames.map((name) => ({ name, description: specOf(name).schema.description ?? '' }));
}

/** Options that two runs must have alike if their figures are to be compared. */
export function optionDifferences(): (OptionDifference<string> & { measure: MeasureName })[] {
  return measureNames.flatMap((measure) =>
    (specOf(measure).differences ?? []).map((difference) => ({ ...difference, measure })),
  );
}

/** Every metric by name, families as `startup.phase.<phase>`. */
export function listMetrics(): { name: string; metric: Metric; measure: MeasureName }[] {
  return measureNames.flatMap((measure) => {
    const { metrics, families = [] } = specOf(measure);
    return [
      ...Object.entries(metrics).map(([name, metric]) => ({ name, metric, measure })),
      ...families.map(({ prefix, of, metric }) => {
        const placeholder = `<${of}>`;
        return { name: `${prefix}${placeholder}`, metric: metric(placeholder), measure };
      }),
    ];
  });
}

/** Heading of a measure's figures; a measure of others keeps its name. */
export function measureTitle(name: string): string {
  return isMeasure(name) ? measures[name].title : name;
}

function isMeasure(name: string): name is MeasureName {
  return Object.hasOwn(measures, name);
}

/** A measure whose options are not told from those of others. */
function specOf(name: MeasureName): AnyMeasure {
  return measures[name];
}

function eachMeasure(optionsOf: (name: MeasureName) => object | null): ResolvedMeasures {
  return Object.fromEntries(measureNames.map((name) => [name, optionsOf(name)])) as ResolvedMeasures;
}
