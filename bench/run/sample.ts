/**
 * One step: the life of one instance on one platform, from its creation to the last trace of it. Every measure of the step
 * is taken from this instance. The steps below are in the order in which they happen.
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../runners/machine/clock.ts';
import type { Instance, PreparedPlatform } from '../../runners/runner.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../scenarios/resolved.ts';
import { InstanceFailure, StepError } from './failure.ts';
import { markChain, phasesOf } from '../measures/phases.ts';
import { memAvailable, readMemory } from '../measures/memory.ts';
import { InstanceDeath, Life } from './life.ts';
import type { Step } from './plan.ts';
import type { Steadiness } from './run.ts';
import type { Prober, Readiness } from '../prober/prober.ts';
import { loadQuestionOf, questionOf } from '../prober/question.ts';
import { explain, startAndWait } from './start.ts';
import type { StepRecorder } from './step-recorder.ts';
import { withIdleCpus } from './idle-cpus.ts';
import { dropPageCache } from './page-cache.ts';

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

/** What a step has in its hands while its instance lives. */
interface Living extends StepInput {
  instance: Instance;
  life: Life;
  readiness: Readiness;
  /** The host's MemAvailable before the start. */
  availableBefore: number;
}

const stopTimeoutMs = 60_000;

/**
 * @returns startup in milliseconds
 * @throws StepError whose cause says what went wrong (an InstanceFailure where the instance did not do what it
 *   should); nothing of the instance is left then either. What was measured of it before counts, unless it died.
 */
export async function sampleInstance(input: StepInput): Promise<number> {
  input.signal.throwIfAborted();
  await mkdir(input.logs, { recursive: true });
  const instance = await input.prepared.create({ id: input.instanceId, logs: input.logs });
  try {
    const started = await taking('startup', () => startInstance(instance, input));
    const life = new Life(instance, started.readiness.readyAt, input.signal);
    const living: Living = { ...input, ...started, instance, life };
    await measureLife(living);
    await taking('stop', () => endLife(living));
    await input.recorder.commit();
    return startupOf(living);
  } catch (error) {
    const isDead = error instanceof StepError && error.cause instanceof InstanceDeath;
    if (!isDead && !input.signal.aborted) await input.recorder.commit();
    throw error;
  } finally {
    await instance.dispose();
  }
}

/** Says what was being taken when something went wrong. */
async function taking<T>(measure: string, take: () => Promise<T>): Promise<T> {
  try {
    return await take();
  } catch (error) {
    throw new StepError(measure, error);
  }
}

async function startInstance(
  instance: Instance,
  input: StepInput,
): Promise<{ readiness: Readiness; availableBefore: number }> {
  const { startup } = input.scenario.measures;
  if (startup?.pageCache === 'cold') await dropPageCache();
  await input.steadiness?.settle();
  const availableBefore = await memAvailable();
  try {
    const readiness = await withIdleCpus(startup?.idleCpus ?? 'as-is', () =>
      startAndWait(instance, {
        ...input,
        ready: input.scenario.workload.ready,
        align: input.steadiness?.align,
      }),
    );
    return { readiness, availableBefore };
  } catch (error) {
    throw await explain(error, instance, input.signal);
  }
}

/** From its readiness until its stop is requested. */
async function measureLife(living: Living): Promise<void> {
  const { life, step } = living;
  const during = (measure: string, take: (alive: AbortSignal) => Promise<void>): Promise<void> =>
    taking(measure, () => life.during(take));
  await during('startup', () => recordStartup(living));
  if (step.measures.includes('memory')) await during('memory', (alive) => measureMemory(living, alive));
  await during('image', () => recordLayer(living));
  await during('inside', () => askInside(living));
}

function startupOf({ instance, readiness, platform }: Living): number {
  const spawned = instance.marks.get('spawned');
  if (spawned === undefined) throw new Error(`the runner of ${platform.id} did not set the mark spawned`);
  return readiness.readyAt - spawned;
}

async function recordStartup(living: Living): Promise<void> {
  const { instance, readiness, recorder, step, prepared, scenario } = living;
  const cpuMs = await instance.cgroup.cpuTimeMs();
  const { marks } = instance;
  if (readiness.execAt !== null) marks.set('exec', readiness.execAt);
  marks.set('listening', readiness.listeningAt);
  marks.set('ready', readiness.readyAt);
  const startupMs = startupOf(living);
  recorder.marks(marks.all());
  if (!step.measures.includes('startup')) return;
  const spawnedAt = readiness.readyAt - startupMs;
  recorder.sample({
    measure: 'startup',
    metric: 'startup.ready',
    value: startupMs,
    ...(readiness.lastFailureAt === null
      ? {}
      : { earliest: Math.max(0, readiness.lastFailureAt - spawnedAt) }),
  });
  const phases = phasesOf(markChain(prepared.marks, scenario.workload.marks), marks.all());
  for (const [name, value] of Object.entries(phases)) {
    recorder.sample({ measure: 'startup', metric: `startup.phase.${name}`, value });
  }
  recorder.sample({ measure: 'startup', metric: 'cpu.ready', value: cpuMs });
}

async function measureMemory(living: Living, alive: AbortSignal): Promise<void> {
  const { instance, scenario, availableBefore, recorder, prober } = living;
  const options = scenario.measures.memory;
  if (!options) return;
  await sleep(options.settleMs, undefined, { signal: alive });
  await recordMemory('rest');
  if (!options.load) return;
  const { rps, durationMs } = options.load;
  const question = loadQuestionOf(scenario.workload.ready, scenario.workload.loadPath);
  const result = await prober.load({ ...instance.address, ...question, rps, durationMs }, alive);
  alive.throwIfAborted();
  // Memory "after load" means nothing if the load was not served.
  if (result.errors > 0) {
    throw new InstanceFailure(
      'measure-failed',
      `${result.errors} of ${result.sent} requests to ${scenario.workload.loadPath} failed during the memory load`,
    );
  }
  await recordMemory('loaded');

  async function recordMemory(state: string): Promise<void> {
    for (const { metric, lens, bytes } of await readMemory(instance, availableBefore)) {
      recorder.sample({ measure: 'memory', metric, lens, condition: { state }, value: bytes });
    }
  }
}

/** What the instance has written by now: the disk cost of one more instance. */
async function recordLayer({ instance, scenario, recorder }: Living): Promise<void> {
  if (!scenario.measures.image) return;
  const value = await instance.layerBytes();
  recorder.sample({ measure: 'image', metric: 'image.marginal', lens: 'marginal', value });
}

/** Asks the workload, once per platform, what it sees from inside; the answer may cost as much as a start (a page compiled first). */
async function askInside({ instance, scenario, recorder, prober }: Living): Promise<void> {
  const { factsPath: path, ready } = scenario.workload;
  if (path === null || recorder.knowsInside) return;
  const target = { ...instance.address, ...questionOf(ready, path) };
  const { status, body } = await prober.get(target, ready.timeoutMs);
  if (status !== 200) {
    throw new InstanceFailure(
      'bad-answer',
      `${path} answered ${status} where it should say what is seen from inside`,
    );
  }
  recorder.inside(parseFacts(body));
}

/** `key=value` lines; anything else is passed over. */
export function parseFacts(body: string): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const line of body.split('\n')) {
    const match = /^([\w.-]+)=(.*)$/.exec(line.trim());
    if (match?.[1] !== undefined) facts[match[1]] = match[2] ?? '';
  }
  return facts;
}

async function endLife(living: Living): Promise<void> {
  const { instance, life, step, signal } = living;
  const stops = step.measures.includes('stop');
  const unstoppable = stops && step.stop === 'graceful' ? await instance.whyUnstoppable() : null;
  // Immediately before the request: what has ended by now has ended by itself, what ends later was stopped.
  await life.requireAlive();
  if (!stops) return;
  // Known beforehand: to wait for it would only take the patience of whoever waits.
  if (unstoppable !== null) throw new InstanceFailure('stop-failed', unstoppable);
  try {
    await measureStop(living);
  } catch (error) {
    throw await explain(error, instance, signal);
  }
}

async function measureStop({ instance, step, recorder }: Living): Promise<void> {
  const mode = step.stop;
  const requestedAt = monotonicMs();
  await instance.stop(mode);
  const exit = await Promise.race([instance.exited, sleep(stopTimeoutMs, null, { ref: false })]);
  if (exit === null) {
    throw new InstanceFailure('stop-failed', `still running ${stopTimeoutMs / 1000} s after a ${mode} stop`);
  }
  await instance.dispose();
  const releasedAt = monotonicMs();
  recorder.sample({ measure: 'stop', metric: `stop.${mode}`, value: exit.at - requestedAt });
  recorder.sample({
    measure: 'stop',
    metric: 'stop.released',
    condition: { mode },
    value: releasedAt - requestedAt,
  });
}
