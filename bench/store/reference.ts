/**
 * The reference file: what a check compares with, made to be kept in git. It holds the samples that count, the facts that
 * decide whether runs are comparable, and the result of a self-test; one line per figure, so that a diff shows what changed.
 */
import { isPart, recordedTraits } from '../record/result.ts';
import { z } from 'zod';
import type { RecordedCanary } from '../record/canary.ts';
import { recordSchema, schemaVersion, type RecordedResult, type RunRecord } from '../record/schema.ts';
import { summarize } from '../statistics/summary.ts';
import { selfTestSchema, type SelfTest } from './self-test-record.ts';

export const referenceVersion = 1;

const { host, lab, canary, platforms, results } = recordSchema.shape;
const { id, startedAt, tareVersion, seed, commit, harness } = recordSchema.shape.run.shape;
const {
  platform,
  measure,
  title,
  metric,
  lens,
  unit,
  better,
  condition,
  isPart: part,
  isExact,
  isSingle,
} = results.element.shape;

const figure = z
  .strictObject({
    platform,
    measure,
    title,
    metric,
    lens,
    unit,
    better,
    condition,
    isPart: part,
    isExact,
    isSingle,
    values: z.array(z.number()).min(1).describe('Samples that are not excluded.'),
    blocks: z
      .array(z.int().min(0))
      .optional()
      .describe('Block of each value; without it they are blocks 1, 2, 3 …'),
  })
  .refine(({ values, blocks }) => blocks === undefined || blocks.length === values.length, {
    message: 'blocks and values must be equally many',
  });

export const referenceSchema = z
  .strictObject({
    referenceVersion: z.literal(referenceVersion),
    scenario: z.string(),
    run: z.strictObject({
      id,
      startedAt,
      tareVersion,
      seed,
      commit,
      tracer: z.string(),
      idleCpus: harness.shape.idleCpus,
    }),
    pageCache: z.string().nullable(),
    host,
    lab,
    canary,
    workload: z.strictObject({ name: z.string(), payloadDigest: z.string() }),
    platforms,
    selfTest: selfTestSchema.nullable(),
    figures: z.array(figure).min(1),
  })
  .describe('Reference of a Tare check (tare check --update).');

export type Reference = z.infer<typeof referenceSchema>;

/**
 * @param gated metrics that gates judge: they are kept even where they are parts of others
 */
export function referenceOf(
  record: RunRecord,
  gated: ReadonlySet<string>,
  selfTest: SelfTest | null,
): Reference {
  const { scenario, harness: had } = record.run;
  const kept = record.results.filter((result) => !isPart(result) || gated.has(result.metric));
  return {
    referenceVersion,
    scenario: scenarioName(record),
    run: {
      id: record.run.id,
      startedAt: record.run.startedAt,
      tareVersion: record.run.tareVersion,
      seed: record.run.seed,
      ...(record.run.commit === undefined ? {} : { commit: record.run.commit }),
      tracer: had.tracer,
      ...(had.idleCpus && { idleCpus: had.idleCpus }),
    },
    pageCache: pageCacheOf(scenario),
    host: record.host,
    ...(record.lab && { lab: record.lab }),
    ...(record.canary && { canary: countedCanary(record.canary) }),
    workload: { name: record.workload.name, payloadDigest: record.workload.payloadDigest },
    platforms: record.platforms,
    selfTest,
    figures: kept.flatMap(figureOf),
  };
}

/** The reference as a record, as far as a comparison looks at one. */
export function recordOf(reference: Reference): RunRecord {
  const { host: machine, lab: itsLab, workload, pageCache } = reference;
  const { tracer, idleCpus, ...run } = reference.run;
  const measures = pageCache === null ? {} : { measures: { startup: { pageCache } } };
  return {
    schemaVersion,
    run: {
      ...run,
      finishedAt: run.startedAt,
      status: 'complete',
      harness: {
        peakRssBytes: 0,
        proberCpuPercent: null,
        tracer,
        ...(idleCpus && { idleCpus }),
        cpus: '',
      },
      scenario: { name: reference.scenario, ...measures },
    },
    host: machine,
    ...(itsLab && { lab: itsLab }),
    ...(reference.canary && { canary: reference.canary }),
    workload: { ...workload, description: '', files: 0, bytes: 0, packages: [] },
    platforms: reference.platforms,
    results: reference.figures.map((each) => resultOf(each, run.startedAt)),
    comparisons: [],
    density: [],
    gates: [],
    fairness: [],
    failures: [],
  };
}

/** JSON with a line for each figure, each platform and each other part. */
export function formatReference(reference: Reference): string {
  const { platforms: rows, figures, ...rest } = reference;
  const head = Object.entries(rest).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  const list = (name: string, entries: readonly unknown[]): string =>
    `  ${JSON.stringify(name)}: [\n${entries.map((entry) => `    ${JSON.stringify(entry)}`).join(',\n')}\n  ]`;
  return `{\n${[...head, list('platforms', rows), list('figures', figures)].join(',\n')}\n}\n`;
}

export function scenarioName({
  run,
  workload,
}: {
  run: Pick<RunRecord['run'], 'scenario'>;
  workload: Pick<RunRecord['workload'], 'name'>;
}): string {
  const { name } = run.scenario;
  return typeof name === 'string' ? name : workload.name;
}

/** As for the figures: what counts, and no more digits than mean something. */
function countedCanary({ version, samples }: RecordedCanary): RecordedCanary {
  const counted = samples.filter(({ excluded }) => excluded === undefined);
  return {
    version,
    samples: counted.map(({ spawn, spin, memory, roundTrip, ...rest }) => ({
      ...rest,
      spawn: shortened(spawn),
      spin: shortened(spin),
      memory: shortened(memory),
      roundTrip: shortened(roundTrip),
    })),
  };
}

function figureOf(result: RecordedResult): Reference['figures'] {
  const counted = result.samples.filter((sample) => sample.excluded === undefined);
  if (counted.length === 0) return [];
  const blocks = counted.map(({ block }) => block);
  return [
    {
      platform: result.platform,
      measure: result.measure,
      ...(result.title === undefined ? {} : { title: result.title }),
      metric: result.metric,
      ...(result.lens === undefined ? {} : { lens: result.lens }),
      unit: result.unit,
      better: result.better,
      condition: result.condition,
      ...recordedTraits(result),
      values: counted.map(({ value }) => shortened(value)),
      ...(blocks.every((block, index) => block === index + 1) ? {} : { blocks }),
    },
  ];
}

/** Seven digits: a hundredth of a microsecond in a second, and far below any scatter. Bytes stay whole. */
function shortened(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}

function resultOf({ values, blocks, ...result }: Reference['figures'][number], at: string): RecordedResult {
  return {
    ...result,
    ...(result.lens === undefined ? {} : { lens: result.lens }),
    definition: '',
    samples: values.map((value, index) => ({ value, block: blocks?.[index] ?? index + 1, at })),
    summary: summarize(values),
  };
}

function pageCacheOf(scenario: RunRecord['run']['scenario']): string | null {
  const parsed = z
    .object({ measures: z.object({ startup: z.object({ pageCache: z.string() }) }) })
    .safeParse(scenario);
  return parsed.success ? parsed.data.measures.startup.pageCache : null;
}
