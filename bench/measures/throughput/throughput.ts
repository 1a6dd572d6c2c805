/**
 * Takes the measure `throughput`: one instance at saturation, and at rates that are the same for every platform. What a
 * platform's saturation is, is found on its first instance, in the warm-up block.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { OptionsOf } from '../../../scenarios/measures/measures.ts';
import type { Prober } from '../../prober/prober.ts';
import { loadQuestionOf, questionOf } from '../../prober/question.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import type { Measure, Taking } from '../measure.ts';
import { cpuLenses, readCpu } from './cpu-lenses.ts';
import { isWarm, nextConnections, saturatingConnections, type LoadStep } from './saturation.ts';

type ThroughputTaking = Taking<OptionsOf<'throughput'>>;

/** The open loop's own ceiling is higher; above this, its CPU time is no longer small beside what it measures. */
const mostOpenLoopRps = 4000;
/** More would be another load than the one that was meant. */
const mostErrors = 0.001;
/** Of one CPU; from here on the generator may be what is measured. */
const mostGeneratorCpu = 0.8;
/** How long the machine is watched at rest, at most. */
const restMs = 2000;
const searchMs = 3000;

/** What a run knows of its platforms, by their ids; a run has one prober. */
const knownTo = new WeakMap<Prober, Map<string, LoadStep>>();

export const throughput: Measure<OptionsOf<'throughput'>> = {
  instance: {
    hooks: (taking) => ({ running: (alive) => takeThroughput(taking, alive) }),
    estimateMs: ({ durationMs, warmUp, rates }) =>
      durationMs * (1 + rates.length) + Math.min(warmUp.mostMs, 3 * warmUp.windowMs) + restMs,
  },
};

async function takeThroughput(taking: ThroughputTaking, alive: AbortSignal): Promise<void> {
  const { options, platform, baseline, prober } = taking;
  const known = knownTo.get(prober) ?? new Map<string, LoadStep>();
  knownTo.set(prober, known);
  const restShare = await shareAtRest(taking, alive);
  const connections =
    options.connections ?? known.get(platform.id)?.connections ?? (await searchConnections(taking, alive));
  await warmUp(taking, connections, alive);
  const rps = await takeSaturation(taking, connections, restShare, alive);
  if (!known.has(platform.id)) known.set(platform.id, { connections, rps });
  // In the warm-up block the baseline may come after this platform; from then on it is known, and stays the same.
  const saturation = known.get(baseline)?.rps;
  if (saturation === undefined) return;
  for (const share of options.rates) {
    await takeRate(taking, { share, rps: share * Math.min(saturation, mostOpenLoopRps) }, restShare, alive);
  }
}

/** CPUs that the whole machine uses while nothing is asked of the instance. */
async function shareAtRest(
  { options, instance, prober }: ThroughputTaking,
  alive: AbortSignal,
): Promise<number> {
  const [from, usedBefore, beganAt] = [await readCpu(instance.cgroup), await prober.usage(), monotonicMs()];
  await sleep(Math.min(restMs, options.durationMs), undefined, { signal: alive });
  const [to, used] = [await readCpu(instance.cgroup), await prober.usage()];
  const durationMs = monotonicMs() - beganAt;
  return Math.max(0, to.machine - from.machine - (used.cpuMs - usedBefore.cpuMs)) / durationMs;
}

async function searchConnections(taking: ThroughputTaking, alive: AbortSignal): Promise<number> {
  const steps: LoadStep[] = [];
  const durationMs = Math.min(searchMs, taking.options.durationMs);
  for (let next = nextConnections(steps); next !== null; next = nextConnections(steps)) {
    steps.push({ connections: next, rps: (await saturate(taking, next, durationMs, alive)).rps });
  }
  return saturatingConnections(steps);
}

async function warmUp(taking: ThroughputTaking, connections: number, alive: AbortSignal): Promise<void> {
  const { windowMs, mostMs } = taking.options.warmUp;
  const until = monotonicMs() + mostMs;
  const rates: number[] = [];
  while (monotonicMs() < until && !isWarm(rates)) {
    rates.push((await saturate(taking, connections, windowMs, alive)).rps);
  }
}

async function takeSaturation(
  taking: ThroughputTaking,
  connections: number,
  restShare: number,
  alive: AbortSignal,
): Promise<number> {
  const { options, instance, platform, sample } = taking;
  const condition = { load: 'saturation' };
  const from = await readCpu(instance.cgroup);
  const result = await saturate(taking, connections, options.durationMs, alive);
  const to = await readCpu(instance.cgroup);
  const { ok, errors, durationMs, cpuMs, rps } = result;
  requireServed(ok, errors, 'at saturation');
  sample({ metric: 'throughput.rps', value: rps });
  sample({ metric: 'throughput.errors', condition, value: errors / (ok + errors) });
  const lenses = cpuLenses({ from, to, durationMs, restShare, harnessMs: cpuMs });
  sample({ metric: 'throughput.cpu', value: (lenses['instance'] ?? 0) / durationMs / platform.limits.cpus });
  sample({ metric: 'throughput.generator', value: cpuMs / durationMs });
  takeFigures(sample, { ...result, condition, lenses });
  return rps;
}

async function takeRate(
  { options, instance, workload, prober, sample }: ThroughputTaking,
  { share, rps }: { share: number; rps: number },
  restShare: number,
  alive: AbortSignal,
): Promise<void> {
  const condition = { load: `${Math.round(share * 100)} %` };
  const question = loadQuestionOf(workload.ready, workload.loadPath);
  const [from, usedBefore, beganAt] = [await readCpu(instance.cgroup), await prober.usage(), monotonicMs()];
  const load = await prober.load(
    { ...instance.address, ...question, rps, durationMs: options.durationMs },
    alive,
  );
  const [to, used] = [await readCpu(instance.cgroup), await prober.usage()];
  const durationMs = monotonicMs() - beganAt;
  const harnessMs = used.cpuMs - usedBefore.cpuMs;
  sample({ metric: 'throughput.offered', condition, value: rps });
  sample({ metric: 'throughput.errors', condition, value: load.errors / load.offered });
  requireServed(load.ok, load.errors, `at ${Math.round(rps)} requests per second`);
  if (harnessMs > mostGeneratorCpu * durationMs) {
    throw new InstanceFailure(
      'measure-failed',
      `the load generator was the limit at ${Math.round(rps)} requests per second: it used ${Math.round((100 * harnessMs) / durationMs)} % of a CPU`,
    );
  }
  takeFigures(sample, {
    ...load,
    condition,
    lenses: cpuLenses({ from, to, durationMs, restShare, harnessMs }),
  });
}

interface Served {
  ok: number;
  p50: number;
  p90: number;
  p99: number;
  condition: Record<string, string>;
  lenses: Record<string, number>;
}

function takeFigures(
  sample: ThroughputTaking['sample'],
  { ok, p50, p90, p99, condition, lenses }: Served,
): void {
  for (const [name, value] of Object.entries({ p50, p90, p99 })) {
    sample({ metric: `latency.${name}`, condition, value });
  }
  for (const [lens, ms] of Object.entries(lenses)) {
    sample({ metric: 'cpu.request', lens, condition, value: ms / ok });
  }
}

async function saturate(
  { instance, workload, prober }: ThroughputTaking,
  connections: number,
  durationMs: number,
  alive: AbortSignal,
): Promise<Awaited<ReturnType<Prober['saturate']>> & { rps: number }> {
  const question = questionOf(workload.ready, workload.loadPath);
  const result = await prober.saturate({ ...instance.address, ...question, connections, durationMs }, alive);
  return { ...result, rps: (1000 * result.ok) / result.durationMs };
}

function requireServed(ok: number, errors: number, where: string): void {
  if (errors <= mostErrors * (ok + errors)) return;
  throw new InstanceFailure(
    'measure-failed',
    `${errors} of ${ok + errors} requests ${where} were not answered well; more than 0.1 % is no throughput`,
  );
}
