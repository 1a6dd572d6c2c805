/** Makes the record from the journal: gathers samples into results, summarises, compares, judges. A pure function. */
import { judgeGates } from '../../analysis/gates/judge.ts';
import { checkFairness } from '../../analysis/fairness/find-unfairness.ts';
import { compareWithBaseline } from '../../analysis/baseline.ts';
import { summarize } from '../../statistics/summary.ts';
import { measureNames, measureTitle, metricOf } from '../../../scenarios/measures/measures.ts';
import { recordedTraits } from '../../record/result.ts';
import { gatherDensity } from '../../measures/density/gather.ts';
import { gatherDrift } from '../../measures/drift/figures.ts';
import { capacityMeasures } from '../../measures/takers.ts';
import { canaryVersion, type RecordedCanary } from '../../record/canary.ts';
import type { JournalEvent, ObservedFigure } from './journal.ts';
import {
  schemaVersion,
  type RecordedPlatform,
  type RecordedLab,
  type RecordedResult,
  type RunRecord,
} from '../../record/schema.ts';

type EventOf<T extends JournalEvent['type']> = Extract<JournalEvent, { type: T }>;

/** @throws Error when the journal lacks the events that every run begins with */
export function buildRecord(events: readonly JournalEvent[]): RunRecord {
  const run = lastOf(events, 'run');
  const host = lastOf(events, 'host');
  const lab = lastOf(events, 'lab');
  const workload = lastOf(events, 'workload');
  if (!run || !host) throw new Error('the journal holds no run: it must begin with the events run and host');
  const { scenario } = lastOf(events, 'scenario') ?? run;
  const platforms = gatherPlatforms(events);
  const order = scenario.platforms.map((platform) => platform.id);
  const results = gatherResults(figuresOf(events), order, lab?.lab.clock ?? 'real');
  const density = gatherDensity(events, order);
  const failures = allOf(events, 'failure').map((event) => event.failure);
  const otherRuns = allOf(events, 'other-run').map(({ run: id, pid, at }) => ({ id, pid, at }));
  const fairness = checkFairness({
    platforms,
    host: host.host,
    lab: lab?.lab ?? null,
    scenario,
    results,
    otherRuns,
  });
  const finish = lastOf(events, 'finish');
  const sampled =
    results.some((result) => result.summary.n > 0) || density.some((entry) => entry.curve.length > 0);
  const whole =
    finish?.aborted === false && failures.length === 0 && platforms.every((platform) => !platform.skipped);
  return {
    schemaVersion,
    run: {
      id: run.id,
      startedAt: run.startedAt,
      finishedAt: finish?.at ?? run.startedAt,
      tareVersion: run.tareVersion,
      seed: run.seed,
      ...(run.commit === undefined ? {} : { commit: run.commit }),
      ...extensionsOf(events),
      ...samplingOf(events),
      ...(run.variant && { variant: run.variant }),
      ...(otherRuns.length > 0 && { otherRuns }),
      status: !sampled ? 'failed' : whole ? 'complete' : 'partial',
      harness: lastOf(events, 'harness')?.harness ?? {
        peakRssBytes: 0,
        proberCpuPercent: null,
        tracer: 'not recorded',
        cpus: 'not recorded',
      },
      scenario: { ...scenario },
    },
    host: host.host,
    ...canaryOf(events),
    ...(lab && { lab: lab.lab }),
    workload: workload?.workload ?? {
      name: scenario.workload.name,
      description: scenario.workload.description,
      payloadDigest: '',
      files: 0,
      bytes: 0,
      packages: [],
    },
    platforms,
    results,
    comparisons: compareWithBaseline(results, scenario.baseline, fairness, run.seed),
    density,
    ...gatherDrift(events, order),
    gates: judgeGates(scenario.gates, { results, platforms, fairness, seed: run.seed, reference: null }),
    fairness,
    failures,
  };
}

/** The last decision: an extension may have asked for more since. */
function samplingOf(events: readonly JournalEvent[]): Pick<RunRecord['run'], 'sampling'> {
  const decided = lastOf(events, 'sampling');
  return decided ? { sampling: decided.sampling } : {};
}

function canaryOf(events: readonly JournalEvent[]): { canary?: RecordedCanary } {
  const samples = allOf(events, 'canary').map(({ sample }) => sample);
  return samples.length === 0 ? {} : { canary: { version: canaryVersion, samples } };
}

/** Each extension has put the run on record once more, with the scenario that asks for more samples. */
function extensionsOf(events: readonly JournalEvent[]): { extensions?: number } {
  const extensions = allOf(events, 'run').length - 1;
  return extensions > 0 ? { extensions } : {};
}

function gatherPlatforms(events: readonly JournalEvent[]): RecordedPlatform[] {
  const platforms = new Map<string, RecordedPlatform>();
  for (const event of allOf(events, 'platform')) platforms.set(event.platform.id, event.platform);
  for (const event of allOf(events, 'inside')) {
    const platform = platforms.get(event.platform);
    if (platform) platforms.set(platform.id, { ...platform, inside: event.facts });
  }
  return [...platforms.values()];
}

/** Samples of instances and images, then what capacity measures have left in the journal. */
function figuresOf(events: readonly JournalEvent[]): ObservedFigure[] {
  return [...allOf(events, 'sample'), ...capacityMeasures().flatMap(({ figures }) => figures(events))];
}

/** Results in the order of the scenario's platforms, then of the measures, then of their first appearance. */
function gatherResults(
  figures: readonly ObservedFigure[],
  order: readonly string[],
  clock: RecordedLab['clock'],
): RecordedResult[] {
  const results = new Map<string, RecordedResult>();
  for (const figure of figures) {
    const key = JSON.stringify([figure.platform, figure.metric, figure.lens, figure.condition]);
    let result = results.get(key);
    if (!result) {
      const metric = metricOf(figure.metric, figure.lens ?? undefined);
      if (!metric) throw new Error(`metric ${figure.metric} is not in the catalogue (scenarios/measures)`);
      result = {
        platform: figure.platform,
        measure: figure.measure,
        title: measureTitle(figure.measure),
        metric: figure.metric,
        ...(figure.lens === null ? {} : { lens: figure.lens }),
        unit: clock === 'virtual' && metric.unit === 'ms' ? 'virtual ms' : metric.unit,
        better: metric.better,
        definition: figure.definition ?? metric.definition,
        ...recordedTraits(metric),
        condition: figure.condition,
        samples: [],
        summary: summarize([]),
      };
      results.set(key, result);
    }
    result.samples.push(figure.sample);
  }
  const measures: readonly string[] = measureNames;
  const gathered = [...results.values()].sort(
    (a, b) =>
      order.indexOf(a.platform) - order.indexOf(b.platform) ||
      measures.indexOf(a.measure) - measures.indexOf(b.measure),
  );
  for (const result of gathered) {
    result.summary = summarize(
      result.samples.filter((sample) => sample.excluded === undefined).map((sample) => sample.value),
    );
  }
  return gathered;
}

function allOf<T extends JournalEvent['type']>(events: readonly JournalEvent[], type: T): EventOf<T>[] {
  return events.filter((event): event is EventOf<T> => event.type === type);
}

function lastOf<T extends JournalEvent['type']>(
  events: readonly JournalEvent[],
  type: T,
): EventOf<T> | undefined {
  return allOf(events, type).at(-1);
}
