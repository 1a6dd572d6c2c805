/**
 * One step: the life of one instance on one platform, from its creation to the last trace of it. Measures hook into it
 * (bench/measures/measure.ts); what happens, and in which order, is here.
 */
import { mkdir } from 'node:fs/promises';
import type { Instance, PreparedPlatform } from '../../../runners/runner.ts';
import { isSampled } from '../../../scenarios/measures/measures.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../../scenarios/resolved.ts';
import type { InstanceHooks } from '../../measures/measure.ts';
import { takersOf } from '../../measures/takers.ts';
import type { Prober, Readiness } from '../../prober/prober.ts';
import { StepError, VoidInstance } from './failure.ts';
import { askInside } from './inside.ts';
import { Life } from './life.ts';
import { requireLimits } from './limits.ts';
import type { Step } from '../plan.ts';
import type { Steadiness } from '../run.ts';
import { startAndComplete } from './complete.ts';
import { explain, serverReadiness, startAndWait } from './start.ts';
import type { StepRecorder } from '../journal/step-recorder.ts';

export interface StepInput {
  scenario: ResolvedScenario;
  platform: ResolvedPlatform;
  prepared: PreparedPlatform;
  step: Step;
  instanceId: string;
  /** Folder for the instance's logs; created. */
  logs: string;
  prober: Prober;
  sharesKernel: boolean;
  steadiness: Steadiness | null;
  signal: AbortSignal;
  recorder: StepRecorder;
}

type Hooks = readonly (InstanceHooks & { measure: string })[];

/**
 * @returns startup in milliseconds; null where the workload ends by itself
 * @throws StepError whose cause says what went wrong (an InstanceFailure where the instance did not do what it
 *   should); nothing of the instance is left then either. What was measured of it before counts, unless it died.
 */
export async function sampleInstance(input: StepInput): Promise<number | null> {
  const { scenario, prober, recorder, signal } = input;
  signal.throwIfAborted();
  await mkdir(input.logs, { recursive: true });
  const instance = await input.prepared.create({ id: input.instanceId, logs: input.logs });
  try {
    const hooks = hooksOf(instance, input);
    if (scenario.workload.ready.by === 'exit') {
      await taking('completion', () => completeInstance(instance, hooks, input));
      await recorder.commit();
      return null;
    }
    const readiness = await taking('startup', () => startInstance(instance, hooks, input));
    const startupMs = setMarks(instance, readiness, input);
    const life = new Life(instance, readiness.readyAt, signal);
    const during = (measure: string, take: (alive: AbortSignal) => Promise<void>): Promise<void> =>
      taking(measure, () => life.during(take));
    for (const { measure, ready } of hooks) if (ready) await during(measure, () => ready(readiness));
    for (const { measure, running } of hooks) if (running) await during(measure, running);
    await during('inside', async () => {
      await askInside(instance, scenario.workload, { prober, recorder });
      await requireLimits(instance, input.platform.limits, input.prepared.facts.guest !== null);
    });
    for (const { measure, beforeEnding } of hooks) if (beforeEnding) await taking(measure, beforeEnding);
    // Immediately before the request: what has ended by now has ended by itself, what ends later was stopped.
    await taking('stop', () => life.requireAlive());
    await endInstance(instance, hooks, signal);
    await recorder.commit();
    return startupMs;
  } catch (error) {
    const isVoid = error instanceof StepError && error.cause instanceof VoidInstance;
    if (!isVoid && !signal.aborted) await recorder.commit();
    throw error;
  } finally {
    await instance.dispose();
  }
}

/** Of the measures that take figures from this instance. One that has no number of samples takes them from every instance. */
function hooksOf(instance: Instance, input: StepInput): Hooks {
  const { scenario, platform, prepared, step, prober, recorder } = input;
  return takersOf(scenario.measures).flatMap(({ name, options, taker }) => {
    if (!taker.instance || (isSampled(name) && !step.measures.includes(name))) return [];
    const hooks = taker.instance.hooks({
      ...{ options, instance, platform, prepared, prober },
      workload: scenario.workload,
      baseline: scenario.baseline,
      stop: step.stop,
      sample: (figure) => {
        recorder.sample({ measure: name, ...figure });
      },
    });
    return [{ measure: name, ...hooks }];
  });
}

/** Says what was being taken when something went wrong. */
async function taking<T>(measure: string, take: () => Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    throw error instanceof StepError ? error : new StepError(measure, error);
  }
}

async function startInstance(instance: Instance, hooks: Hooks, input: StepInput): Promise<Readiness> {
  const { scenario, steadiness, signal } = input;
  const ready = serverReadiness(scenario.workload.ready);
  try {
    return await startUnderConditions(hooks, input, () =>
      startAndWait(instance, { ...input, ready, align: steadiness?.align }),
    );
  } catch (error) {
    throw error instanceof StepError ? error : await explain(error, instance, signal);
  }
}

/** The whole life of one whose workload ends by itself. */
async function completeInstance(instance: Instance, hooks: Hooks, input: StepInput): Promise<void> {
  const { scenario, steadiness, recorder } = input;
  const { ready } = scenario.workload;
  const hasGuest = input.prepared.facts.guest !== null;
  if (ready.by !== 'exit') throw new Error('it does not end by itself');
  await startUnderConditions(hooks, input, () =>
    startAndComplete(instance, { ...input, ready, hasGuest, align: steadiness?.align }),
  );
  recorder.marks(instance.marks.all());
  for (const { measure, ended } of hooks) if (ended) await taking(measure, ended);
}

async function startUnderConditions<T>(
  hooks: Hooks,
  { scenario, steadiness }: StepInput,
  start: () => Promise<T>,
): Promise<T> {
  const measures = takersOf(scenario.measures);
  for (const { options, taker } of measures) await taker.instance?.startConditions?.prepare?.(options);
  await steadiness?.settle();
  for (const { measure, before } of hooks) if (before) await taking(measure, before);
  const startInConditions = measures.reduce((inner, { options, taker }) => {
    const conditions = taker.instance?.startConditions;
    return conditions?.during ? () => conditions.during?.(options, inner) ?? inner() : inner;
  }, start);
  return await startInConditions();
}

/** @returns startup in milliseconds */
function setMarks({ marks }: Instance, readiness: Readiness, { platform, recorder }: StepInput): number {
  const spawned = marks.get('spawned');
  if (spawned === undefined) throw new Error(`the runner of ${platform.id} did not set the mark spawned`);
  if (readiness.execAt !== null) marks.set('exec', readiness.execAt);
  marks.set('listening', readiness.listeningAt);
  marks.set('ready', readiness.readyAt);
  recorder.marks(marks.all());
  return readiness.readyAt - spawned;
}

async function endInstance(instance: Instance, hooks: Hooks, signal: AbortSignal): Promise<void> {
  for (const { measure, ending } of hooks) {
    await taking(measure, async () => {
      try {
        await ending?.();
      } catch (error) {
        throw await explain(error, instance, signal);
      }
    });
  }
}
