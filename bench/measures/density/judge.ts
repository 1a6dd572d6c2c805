/** What ends the search for more instances: from a loss, or from the figures of a round. Pure. */
import type { OutOfMemoryKill } from '../../../runners/machine/kernel/kernel-log.ts';
import { formatDuration, formatSize } from '../../../scenarios/schema/quantities.ts';
import type { ResolvedDensity } from '../../../scenarios/measures/density.ts';
import type { RecordedDensity } from '../../record/density.ts';
import type { Loss } from './instances.ts';

type Limit = NonNullable<RecordedDensity['limit']>;
type Point = RecordedDensity['curve'][number];

export type Figures = Omit<Point, 'good' | 'starts' | 'at'>;

/**
 * @param kills what the kernel has killed in the budget for memory since the round began
 * @param budgetPath path of the budget's cgroup
 */
export function limitOfLoss(
  loss: Loss,
  n: number,
  kills: readonly OutOfMemoryKill[],
  budgetPath: string,
): Limit {
  const evidence = [...kills.flatMap((kill) => kill.lines), loss.message, ...loss.lines];
  const base = { n, instance: loss.instance, evidence };
  const kill = kills.find(({ victim }) => isBelow(victim, loss.cgroup)) ?? kills[0];
  if (kill) {
    const whose = kill.limitOf === budgetPath ? 'the budget is exhausted' : whoseLimit(kill, loss);
    return {
      ...base,
      by: 'out-of-memory',
      detail: `the kernel killed process ${kill.pid} of ${kill.victim.slice(budgetPath.length + 1)}: ${whose}`,
    };
  }
  if (loss.oomKills > 0) {
    return {
      ...base,
      by: 'out-of-memory',
      detail: `the kernel killed ${loss.instance} for memory (by the count of its cgroup; its log cannot be read)`,
    };
  }
  return { ...base, by: classOf(loss), detail: `${loss.instance}: ${loss.message.split('\n')[0] ?? ''}` };
}

/** The first of the objectives that the figures of a round miss; null: all are met. */
export function limitOfFigures(
  figures: Figures,
  options: ResolvedDensity,
  firstStartupMs: number | null,
  diskBytes: number | null,
): Limit | null {
  const { load, worst, pressure, startup, n } = figures;
  const limit = (by: Limit['by'], detail: string): Limit => ({
    by,
    n,
    detail,
    instance: by === 'slo' ? (worst?.instance ?? null) : null,
    evidence: evidenceOf(figures),
  });
  if (load.errors > options.slo.errors * load.offered) {
    const allowed = Math.floor(options.slo.errors * load.offered);
    const last = worst?.lastError ? ` (last error: ${worst.lastError})` : '';
    return limit('slo', `${load.errors} of ${load.offered} requests failed; ${allowed} may${last}`);
  }
  if (worst && worst.errors === worst.offered) {
    const last = worst.lastError === null ? '' : ` (last error: ${worst.lastError})`;
    return limit('slo', `${worst.instance} answered none of its ${worst.offered} requests${last}`);
  }
  if (load.p99Ms === null || load.p99Ms > options.slo.p99Ms) {
    const found = load.p99Ms === null ? 'nothing was answered' : `p99 was ${formatDuration(load.p99Ms)}`;
    return limit('slo', `${found}; the objective is ${formatDuration(options.slo.p99Ms)}`);
  }
  const usedShare = (figures.memory['cgroup'] ?? 0) / options.budget.memoryBytes;
  if (stalledPercent(pressure, usedShare) > options.pressurePercent) {
    return limit('pressure', pressureDetail(pressure, options));
  }
  if (startup && firstStartupMs !== null && startup.medianMs > options.startupFactor * firstStartupMs) {
    const [newest, first] = [formatDuration(startup.medianMs), formatDuration(firstStartupMs)];
    return limit(
      'startup',
      `the newest took ${newest}, over ${options.startupFactor} times the first (${first})`,
    );
  }
  const { diskBytes: most } = options.budget;
  if (most !== null && diskBytes !== null && diskBytes > most) {
    return limit('disk', `the layers occupy ${formatSize(diskBytes)}; the budget is ${formatSize(most)}`);
  }
  return null;
}

/** Whether it is the workload that failed, and not the budget that was too small. */
export function isFailure({ by }: Limit, figures: Figures | null): boolean {
  if (by === 'slo') return figures !== null && figures.load.errors > 0;
  return ['instance-died', 'start-failed', 'not-ready'].includes(by);
}

/** Growth was given up for the pressure it caused. */
export function limitOfPressure(n: number, pressure: Point['pressure'], options: ResolvedDensity): Limit {
  const evidence = pressure ? [pressureLine(pressure)] : [];
  return { by: 'pressure', n, detail: pressureDetail(pressure, options), instance: null, evidence };
}

/** Below this share of the budget nobody in it has to wait for memory. */
const nearlyFull = 0.9;

/**
 * The pressure that counts, percent. In the budget: that all of its tasks waited for memory. Of the whole machine: that
 * any task did, since there are always others that did not; and only where the budget is nearly used up, since otherwise
 * it was somebody outside of it who waited.
 * @param usedShare of the budget, page cache included
 */
export function stalledPercent(pressure: Point['pressure'], usedShare: number): number {
  if (!pressure) return 0;
  if (pressure.source === 'budget') return pressure.memoryFullAvg10;
  return usedShare < nearlyFull ? 0 : pressure.memorySomeAvg10;
}

function pressureDetail(pressure: Point['pressure'], { pressurePercent }: ResolvedDensity): string {
  const who = pressure?.source === 'budget' ? 'all tasks of the budget' : 'tasks of the machine';
  return `${who} waited for memory ${stalledPercent(pressure, 1)} % of the last 10 s; ${pressurePercent} % is the threshold`;
}

function pressureLine({ source, memorySomeAvg10, memoryFullAvg10 }: NonNullable<Point['pressure']>): string {
  return `pressure of the ${source}: memory some ${memorySomeAvg10} %, full ${memoryFullAvg10} %`;
}

function evidenceOf({ load, worst, pressure, memory }: Figures): string[] {
  const ms = (value: number | null): string => (value === null ? '–' : `${value.toFixed(1)} ms`);
  const lines = [
    `load on all: ${load.ok} of ${load.offered} answered, p50 ${ms(load.p50Ms)}, p99 ${ms(load.p99Ms)}, send lag up to ${ms(load.sendLagMaxMs)}`,
  ];
  if (worst) {
    const error = worst.lastError === null ? '' : `, last error: ${worst.lastError}`;
    lines.push(
      `worst instance ${worst.instance}: ${worst.errors} of ${worst.offered} failed, p99 ${ms(worst.p99Ms)}${error}`,
    );
  }
  if (pressure) {
    lines.push(pressureLine(pressure));
  }
  lines.push(`memory: cgroup ${formatSize(memory['cgroup'] ?? 0)}, PSS ${formatSize(memory['pss'] ?? 0)}`);
  return lines;
}

function whoseLimit({ limitOf }: OutOfMemoryKill, { instance }: Loss): string {
  return limitOf === '' ? 'the whole machine had none left' : `${instance} reached its own limit`;
}

function isBelow(path: string, parent: string | null): boolean {
  return parent !== null && (path === parent || path.startsWith(`${parent}/`));
}

function classOf({ code, error }: Loss): Limit['by'] {
  switch (code) {
    case 'out-of-memory':
      return 'out-of-memory';
    case 'guest-panic':
    case 'vmm-died':
    case 'engine-died':
    case 'shim-died':
    case 'wrong-status':
    case 'exited':
      return 'instance-died';
    case 'not-listening':
    case 'not-ready':
    case 'bad-answer':
    case 'not-ended':
    case 'boot-hang':
      return 'not-ready';
    case 'start-failed':
    case 'prepare-failed':
    case 'stop-failed':
    case 'measure-failed':
    case 'impossible-value':
      return 'start-failed';
    case null:
      return error === 'KernelLimitError' ? 'kernel-limit' : 'start-failed';
  }
}
