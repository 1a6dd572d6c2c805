/**
 * Takes the measure `recovery`: beside the instance that the hook belongs to, an instance is started for each fault, serves a
 * client for a while, and suffers. Its death is meant, so nothing watches over its life.
 */
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../../../runners/kinds.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { BroughtFault, Instance } from '../../../runners/runner.ts';
import type { OptionsOf } from '../../../scenarios/measures/measures.ts';
import type { ObservedRequest, Readiness } from '../../prober/prober.ts';
import { loadQuestionOf } from '../../prober/question.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import { explain, serverReadiness, startAndWait } from '../../run/instance/start.ts';
import type { Measure, Taking } from '../measure.ts';
import { outageOf, wasServed } from './outage.ts';

type Work = Taking<OptionsOf<'recovery'>>;

/** What has not been answered by then has failed. */
const answerMs = 1000;
/** How long the client goes on once the instance answers again. */
const afterMs = 300;
/** How long a workload may take to end whose box has been killed; what serves on after that was not hit by it. */
const endMs = 3000;
const pollMs = 5;
/** How long is waited for what may come back by default once its box has ended, too. */
const goneMs = 2000;

export const recovery: Measure<OptionsOf<'recovery'>> = {
  instance: {
    hooks: (taking) => ({ running: (alive) => takeRecovery(taking, alive) }),
    estimateMs: ({ faults, healthyMs, waitMs, crashes }) =>
      faults.length * (healthyMs + waitMs) + 2000 * crashes,
  },
};

async function takeRecovery(taking: Work, alive: AbortSignal): Promise<void> {
  const { options, instance, prepared, sample } = taking;
  const mechanism = prepared.restartsBy ?? null;
  for (const fault of options.faults) {
    if (!instance.faults.includes(fault)) continue;
    const condition = { fault, mechanism: mechanism ?? 'none' };
    await withInstance(taking, `${fault}-default`, false, alive, async (victim) => {
      const { readiness, isHit } = await suffer(taking, victim, fault, false, alive);
      sample({ metric: 'recovery.default', condition, value: !isHit || readiness ? 1 : 0 });
    });
    if (mechanism === null) continue;
    await withInstance(taking, `${fault}-restart`, true, alive, (victim) =>
      takeReturn(taking, victim, condition, alive),
    );
  }
  if (mechanism !== null && options.crashes > 0 && instance.faults.includes('kill')) {
    await withInstance(taking, 'crashes', true, alive, (victim) =>
      takeCrashes(taking, victim, mechanism, alive),
    );
  }
}

/** With the platform's own mechanism, and a client that looks on. */
async function takeReturn(
  taking: Work,
  victim: Instance,
  condition: { fault: Fault; mechanism: string },
  alive: AbortSignal,
): Promise<void> {
  const { options, prober, workload, sample } = taking;
  const question = loadQuestionOf(workload.ready, workload.loadPath);
  const client = await prober.observe({
    ...{ ...victim.address, ...question },
    ...{ rps: options.rps, timeoutMs: answerMs },
  });
  let requests: ObservedRequest[];
  let suffered: Suffered;
  try {
    await sleep(options.healthyMs, undefined, { signal: alive });
    suffered = await suffer(taking, victim, condition.fault, true, alive);
    await sleep(afterMs, undefined, { signal: alive });
  } finally {
    requests = await client.finish();
  }
  const { at, beganAt, readiness, isHit } = suffered;
  requireHealth(requests, beganAt);
  sample({ metric: 'recovery.returned', condition, value: !isHit || readiness ? 1 : 0 });
  if (isHit && !readiness) return;
  const outage = outageOf(requests, beganAt - answerMs);
  if (outage !== null) {
    sample({ metric: 'recovery.outage', condition, value: outage.durationMs });
    sample({ metric: 'recovery.failed', condition, value: outage.failed });
  }
  if (!isHit || !readiness) return;
  for (const [metric, mark] of [
    ['recovery.detect', 'died'],
    ['recovery.restart', 'restarted'],
  ] as const) {
    const seen = victim.marks.get(mark);
    // The engine's clock is the wall's; a moment before the fault is none after it.
    if (seen !== undefined) sample({ metric, condition, value: Math.max(0, seen - at) });
  }
  sample({ metric: 'recovery.ready', condition, ...sinceFault(readiness, at) });
}

/** One instance is killed again and again: engines wait longer each time. */
async function takeCrashes(
  taking: Work,
  victim: Instance,
  mechanism: string,
  alive: AbortSignal,
): Promise<void> {
  for (let crash = 1; crash <= taking.options.crashes; crash += 1) {
    const { at, readiness } = await suffer(taking, victim, 'kill', true, alive);
    if (!readiness) return;
    const condition = { fault: 'crash-loop', mechanism, crash: String(crash) };
    taking.sample({ metric: 'recovery.ready', condition, ...sinceFault(readiness, at) });
  }
}

function sinceFault({ readyAt, lastFailureAt }: Readiness, at: number): { value: number; earliest?: number } {
  const value = readyAt - at;
  return lastFailureAt === null ? { value } : { value, earliest: Math.max(0, lastFailureAt - at) };
}

interface Suffered {
  /** When it was begun to bring the fault about: memory takes a while to run out, and answers fail before the end. */
  beganAt: number;
  at: number;
  /** Whether the workload that was there serves no more. */
  isHit: boolean;
  /** Of what came after; null: nothing answered in time. */
  readiness: Readiness | null;
}

/** @param restarts whether its platform has been told to start it again */
async function suffer(
  taking: Work,
  victim: Instance,
  fault: Fault,
  restarts: boolean,
  alive: AbortSignal,
): Promise<Suffered> {
  const { options, prober, platform, workload } = taking;
  const beganAt = monotonicMs();
  const brought = await victim.bringFault(fault);
  const { at } = brought;
  if (!(await goesDown(brought, alive))) return { beganAt, at, isHit: false, readiness: null };
  const watch = await prober.watch(
    {
      instance: victim.id,
      ...victim.address,
      readiness: serverReadiness(workload.ready),
      cgroupPath: victim.cgroup.path,
      commandPath: platform.launch.command[0] ?? '',
      // Its execution is not what is looked for.
      sharesKernel: false,
    },
    Math.max(1, options.waitMs - (monotonicMs() - at)),
  );
  const over = new AbortController();
  const giveUp = AbortSignal.any([alive, over.signal]);
  const onAbort = (): void => {
    watch.cancel();
  };
  giveUp.addEventListener('abort', onAbort, { once: true });
  // Where nothing was told to start it again, its command line ends with the box; elsewhere that means nothing.
  if (!restarts) {
    const gone = victim.exited.then(() => sleep(goneMs, undefined, { signal: giveUp }));
    gone.then(onAbort, () => undefined);
  }
  try {
    const result = await watch.result;
    alive.throwIfAborted();
    return { beganAt, at, isHit: true, readiness: result.ready ? result.readiness : null };
  } finally {
    giveUp.removeEventListener('abort', onAbort);
    over.abort();
  }
}

async function goesDown(brought: BroughtFault, alive: AbortSignal): Promise<boolean> {
  const deadline = monotonicMs() + endMs;
  while (!(await brought.isDown())) {
    if (monotonicMs() > deadline) return false;
    await sleep(pollMs, undefined, { signal: alive });
  }
  return true;
}

/** A client that nobody answered before the fault would see no end of it. */
function requireHealth(requests: readonly ObservedRequest[], at: number): void {
  const before = requests.filter((request) => request.at < at - answerMs);
  const failed = before.filter(({ answeredAt }) => answeredAt === null).length;
  if (wasServed(before)) return;
  throw new InstanceFailure(
    'bad-answer',
    `${failed} of ${before.length} requests failed before the fault; expected a \`load-path\` that is answered well`,
  );
}

async function withInstance(
  taking: Work,
  name: string,
  restarts: boolean,
  alive: AbortSignal,
  use: (victim: Instance) => Promise<void>,
): Promise<void> {
  const { instance: host, prepared, platform, workload, prober } = taking;
  const logs = join(dirname(host.logFile), name);
  await mkdir(logs, { recursive: true });
  const victim = await prepared.create({ id: `${host.id}-${name}`, logs, restarts });
  try {
    try {
      const ready = serverReadiness(workload.ready);
      await startAndWait(victim, { platform, prober, ready, signal: alive, sharesKernel: false });
    } catch (error) {
      throw await explain(error, victim, alive);
    }
    await use(victim);
  } finally {
    await victim.dispose();
  }
}
