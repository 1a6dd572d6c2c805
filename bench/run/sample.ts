/**
 * One step: one instance on one platform, from creation to the last trace of it. Every measure of the step is taken
 * from this instance. The steps below are in the order in which they happen.
 */
import { mkdir } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../runners/machine/clock.ts';
import type { Instance, PreparedPlatform } from '../../runners/runner.ts';
import type { ResolvedPlatform, ResolvedScenario } from '../../scenarios/resolved.ts';
import { InstanceFailure, StepError } from './failure.ts';
import { markChain, phasesOf } from '../measures/phases.ts';
import { memAvailable, readMemory } from '../measures/memory.ts';
import type { Step } from './plan.ts';
import type { Steadiness } from './run.ts';
import type { Prober, Readiness } from '../prober/prober.ts';
import { loadQuestionOf, questionOf } from '../prober/question.ts';
import { explain, startAndWait } from './start.ts';
import { withIdleCpus } from './idle-cpus.ts';
import { dropPageCache } from './page-cache.ts';

/** Where a step hands its figures; the suite writes them to the journal at once. */
export interface StepRecorder {
  sample(figure: {
    measure: string;
    metric: string;
    lens?: string;
    condition?: Record<string, string>;
    value: number;
    earliest?: number;
  }): Promise<void>;
  marks(marks: Record<string, number>): Promise<void>;
  inside(facts: Record<string, string>): Promise<void>;
  /** Whether this platform has said what it sees from inside. */
  readonly knowsInside: boolean;
}

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

const stopTimeoutMs = 60_000;

/**
 * @returns startup in milliseconds
 * @throws StepError whose cause says what went wrong (an InstanceFailure where the instance did not do what it
 *   should); nothing of the instance is left then either
 */
export async function sampleInstance(input: StepInput): Promise<number> {
  const { scenario, prepared, step, signal } = input;
  signal.throwIfAborted();
  await mkdir(input.logs, { recursive: true });
  const instance = await prepared.create({ id: input.instanceId, logs: input.logs });
  let taking = 'startup';
  try {
    if (scenario.measures.startup?.pageCache === 'cold') await dropPageCache();
    await input.steadiness?.settle();
    const availableBefore = await memAvailable();
    const readiness = await withIdleCpus(scenario.measures.startup?.idleCpus ?? 'as-is', () =>
      startAndWait(instance, { ...input, ready: scenario.workload.ready, align: input.steadiness?.align }),
    );
    const startupMs = await recordStartup(instance, readiness, input);
    taking = 'memory';
    if (step.measures.includes('memory')) await measureMemory(instance, availableBefore, input);
    taking = 'image';
    await recordLayer(instance, input);
    taking = 'inside';
    await askInside(instance, input);
    taking = 'stop';
    signal.throwIfAborted();
    if (step.measures.includes('stop')) await measureStop(instance, input);
    return startupMs;
  } catch (error) {
    throw new StepError(taking, await explain(error, instance, signal));
  } finally {
    await instance.dispose();
  }
}

async function recordStartup(instance: Instance, readiness: Readiness, input: StepInput): Promise<number> {
  const cpuMs = await instance.cgroup.cpuTimeMs();
  const { marks } = instance;
  if (readiness.execAt !== null) marks.set('exec', readiness.execAt);
  marks.set('listening', readiness.listeningAt);
  marks.set('ready', readiness.readyAt);
  const at = marks.all();
  const spawned = at['spawned'];
  if (spawned === undefined)
    throw new Error(`the runner of ${input.platform.id} did not set the mark spawned`);
  const startupMs = readiness.readyAt - spawned;
  await input.recorder.marks(at);
  if (!input.step.measures.includes('startup')) return startupMs;
  await input.recorder.sample({
    measure: 'startup',
    metric: 'startup.ready',
    value: startupMs,
    ...(readiness.lastFailureAt === null ? {} : { earliest: Math.max(0, readiness.lastFailureAt - spawned) }),
  });
  const phases = phasesOf(markChain(input.prepared.marks, input.scenario.workload.marks), at);
  for (const [name, value] of Object.entries(phases)) {
    await input.recorder.sample({ measure: 'startup', metric: `startup.phase.${name}`, value });
  }
  await input.recorder.sample({ measure: 'startup', metric: 'cpu.ready', value: cpuMs });
  return startupMs;
}

async function measureMemory(instance: Instance, availableBefore: number, input: StepInput): Promise<void> {
  const options = input.scenario.measures.memory;
  if (!options) return;
  await sleep(options.settleMs, undefined, { signal: input.signal });
  await recordMemory('rest');
  if (!options.load) return;
  const result = await input.prober.load({
    host: instance.address.host,
    port: instance.address.port,
    ...loadQuestionOf(input.scenario.workload.ready, input.scenario.workload.loadPath),
    rps: options.load.rps,
    durationMs: options.load.durationMs,
  });
  input.signal.throwIfAborted();
  // Memory "after load" means nothing if the load was not served.
  if (result.errors > 0) {
    throw new InstanceFailure(
      'measure-failed',
      `${result.errors} of ${result.sent} requests to ${input.scenario.workload.loadPath} failed during the memory load`,
    );
  }
  await recordMemory('loaded');

  async function recordMemory(state: string): Promise<void> {
    for (const { metric, lens, bytes } of await readMemory(instance, availableBefore)) {
      await input.recorder.sample({ measure: 'memory', metric, lens, condition: { state }, value: bytes });
    }
  }
}

/** What the instance has written by now: the disk cost of one more instance. */
async function recordLayer(instance: Instance, input: StepInput): Promise<void> {
  if (!input.scenario.measures.image) return;
  const value = await instance.layerBytes();
  await input.recorder.sample({ measure: 'image', metric: 'image.marginal', lens: 'marginal', value });
}

/** Asks the workload, once per platform, what it sees from inside; the answer may cost as much as a start (a page compiled first). */
async function askInside(instance: Instance, input: StepInput): Promise<void> {
  const { factsPath: path, ready } = input.scenario.workload;
  if (path === null || input.recorder.knowsInside) return;
  const { status, body } = await input.prober.get(
    { ...instance.address, ...questionOf(ready, path) },
    ready.timeoutMs,
  );
  if (status !== 200) {
    throw new InstanceFailure(
      'bad-answer',
      `${path} answered ${status} where it should say what is seen from inside`,
    );
  }
  await input.recorder.inside(parseFacts(body));
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

async function measureStop(instance: Instance, input: StepInput): Promise<void> {
  const mode = input.step.stop;
  const requestedAt = monotonicMs();
  await instance.stop(mode);
  const exit = await Promise.race([instance.exited, sleep(stopTimeoutMs, null, { ref: false })]);
  if (exit === null) {
    throw new InstanceFailure('stop-failed', `still running ${stopTimeoutMs / 1000} s after a ${mode} stop`);
  }
  await instance.dispose();
  const releasedAt = monotonicMs();
  const condition = { mode };
  await input.recorder.sample({ measure: 'stop', metric: `stop.${mode}`, value: exit.at - requestedAt });
  await input.recorder.sample({
    measure: 'stop',
    metric: 'stop.released',
    condition,
    value: releasedAt - requestedAt,
  });
}
