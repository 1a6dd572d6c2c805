import { describe, expect, it } from 'vitest';
import type { Loss } from '../../../../bench/measures/density/instances.ts';
import {
  isFailure,
  limitOfFigures,
  limitOfLoss,
  limitOfPressure,
  stalledPercent,
  type Figures,
} from '../../../../bench/measures/density/judge.ts';
import type { ResolvedDensity } from '../../../../scenarios/measures/density.ts';

const options: ResolvedDensity = {
  budget: { memoryBytes: 2 ** 30, cpus: 2, diskBytes: 1000 },
  way: 'ramp',
  batch: { size: 1, concurrency: 1 },
  load: { rpsPerInstance: 1, durationMs: 1000 },
  slo: { p99Ms: 500, errors: 0.1 },
  pressurePercent: 20,
  startupFactor: 3,
  cap: 100,
  timeMs: 1000,
  holdMs: 1000,
  samePageMerging: 'as-is',
  minimumMemory: null,
};

const pressure = {
  source: 'budget',
  memorySomeAvg10: 90,
  memoryFullAvg10: 20,
  cpuSomeAvg10: null,
} as const;
const worst = { instance: 'runc-n3', offered: 10, errors: 9, p99Ms: 400, lastError: 'status 500' };
const good: Figures = {
  n: 7,
  memory: { cgroup: 5e8, pss: 4e8 },
  pressure,
  cpuPercent: 50,
  load: {
    durationMs: 1000,
    offered: 100,
    ok: 90,
    errors: 10,
    p50Ms: 10,
    p90Ms: 20,
    p99Ms: 500,
    maxMs: 600,
    sendLagMaxMs: 1,
  },
  worst,
  startup: { instances: 2, medianMs: 300, maxMs: 900 },
};

describe('the figures of a step', () => {
  it('are good up to and including every objective', () => {
    expect(limitOfFigures(good, options, 100, 1000)).toBeNull();
    expect(limitOfFigures({ ...good, startup: null, pressure: null }, options, 1, null)).toBeNull();
  });

  it.each<[string, Partial<Figures>, RegExp]>([
    ['slo', { load: { ...good.load, ok: 89, errors: 11 } }, /11 of 100 requests failed; 10 may/],
    ['slo', { load: { ...good.load, p99Ms: 501 } }, /p99 was 501ms; the objective is 500ms/],
    ['slo', { worst: { ...worst, errors: 10 } }, /runc-n3 answered none of its 10 requests/],
    [
      'pressure',
      { pressure: { ...pressure, memoryFullAvg10: 21 } },
      /all tasks of the budget waited for memory 21 %/,
    ],
    [
      'startup',
      { startup: { instances: 1, medianMs: 301, maxMs: 301 } },
      /took 301ms, over 3 times the first \(100ms\)/,
    ],
  ])('end it by %s', (by, change, detail) => {
    const limit = limitOfFigures({ ...good, ...change }, options, 100, 0);
    expect(limit).toMatchObject({ by, n: 7 });
    expect(limit?.detail).toMatch(detail);
    expect(limit?.evidence.join('\n')).toContain('p99');
  });

  it('end it by disk', () => {
    expect(limitOfFigures(good, options, 100, 1001)).toMatchObject({ by: 'disk' });
  });

  it('name the worst instance with what it said', () => {
    const limit = limitOfFigures({ ...good, load: { ...good.load, p99Ms: null } }, options, 100, 0);
    expect(limit?.instance).toBe('runc-n3');
    expect(limit?.evidence).toContain(
      'worst instance runc-n3: 9 of 10 failed, p99 400.0 ms, last error: status 500',
    );
  });
});

describe('pressure', () => {
  it('of the whole machine counts when any task waits, since others never do', () => {
    expect(stalledPercent({ ...pressure, source: 'host' as const }, 0.95)).toBe(90);
    expect(stalledPercent(good.pressure, 0.95)).toBe(20);
    expect(stalledPercent(null, 1)).toBe(0);
    expect(limitOfPressure(9, { ...pressure, source: 'host' as const }, options)).toMatchObject({
      by: 'pressure',
      n: 9,
      detail: 'tasks of the machine waited for memory 90 % of the last 10 s; 20 % is the threshold',
    });
  });

  it('of the whole machine is somebody else’s while the budget has memory left, that of the budget never is', () => {
    const host = { ...pressure, source: 'host' as const };
    expect(stalledPercent(host, 0.5)).toBe(0);
    expect(stalledPercent(pressure, 0.5)).toBe(20);
    const half = {
      ...good,
      pressure: host,
      memory: { ...good.memory, cgroup: options.budget.memoryBytes / 2 },
    };
    expect(limitOfFigures(half, options, null, null)).toBeNull();
    const full = { ...half, memory: { ...good.memory, cgroup: options.budget.memoryBytes } };
    expect(limitOfFigures(full, options, null, null)).toMatchObject({ by: 'pressure' });
  });
});

describe('a lost instance', () => {
  const loss: Loss = {
    instance: 'runc-n9',
    code: 'exited',
    error: 'InstanceFailure',
    message: 'the workload ended by SIGKILL; last lines:\n  hello',
    cgroup: '/tare-a/density-runc/runc-n9',
    oomKills: 0,
    lines: ['hello'],
  };
  const path = '/tare-a/density-runc';
  const kill = (limitOf: string, victim: string): Parameters<typeof limitOfLoss>[2][0] => {
    return { limitOf, victim, pid: 7, lines: [`oom-kill: ${victim}`] };
  };

  it('that crashed is told apart from one that was killed for memory', () => {
    expect(limitOfLoss(loss, 9, [], path)).toMatchObject({
      by: 'instance-died',
      n: 9,
      instance: 'runc-n9',
      detail: 'runc-n9: the workload ended by SIGKILL; last lines:',
    });
    const killed = limitOfLoss(loss, 9, [kill(path, `${path}/runc-n9/workload`)], path);
    expect(killed.by).toBe('out-of-memory');
    expect(killed.detail).toBe('the kernel killed process 7 of runc-n9/workload: the budget is exhausted');
    expect(killed.evidence[0]).toBe(`oom-kill: ${path}/runc-n9/workload`);
  });

  it('may have reached its own limit, or the machine its own', () => {
    const own = `${path}/runc-n9/workload`;
    expect(limitOfLoss(loss, 9, [kill(own, own)], path).detail).toMatch(/runc-n9 reached its own limit/);
    expect(limitOfLoss(loss, 9, [kill('', own)], path).detail).toMatch(/whole machine had none left/);
  });

  it('is known by the count of its cgroup where the log cannot be read', () => {
    expect(limitOfLoss({ ...loss, oomKills: 1 }, 9, [], path).by).toBe('out-of-memory');
  });

  it.each([
    ['guest-panic', 'instance-died'],
    ['vmm-died', 'instance-died'],
    ['out-of-memory', 'out-of-memory'],
    ['not-listening', 'not-ready'],
    ['boot-hang', 'not-ready'],
    ['start-failed', 'start-failed'],
    [null, 'start-failed'],
  ] as const)('of class %s ends it by %s', (code, by) => {
    expect(limitOfLoss({ ...loss, code }, 1, [], path).by).toBe(by);
  });

  it('may have met a limit of the kernel', () => {
    const error = { ...loss, code: null, error: 'KernelLimitError', message: 'no port left on the bridge' };
    expect(limitOfLoss(error, 1024, [], path)).toMatchObject({
      by: 'kernel-limit',
      detail: 'runc-n9: no port left on the bridge',
    });
  });
});

describe('a limit that the workload is to blame for', () => {
  const limit = (by: Parameters<typeof isFailure>[0]['by']): Parameters<typeof isFailure>[0] => ({
    ...{ by, n: 1, detail: '', instance: null },
    evidence: [],
  });

  it('is its own end, and an answer that is an error', () => {
    expect(isFailure(limit('instance-died'), null)).toBe(true);
    expect(isFailure(limit('not-ready'), null)).toBe(true);
    expect(isFailure(limit('slo'), { ...good, load: { ...good.load, ok: 0, errors: 100 } })).toBe(true);
  });

  it('is not a slow answer, and not a budget that is too small', () => {
    expect(isFailure(limit('slo'), { ...good, load: { ...good.load, errors: 0 } })).toBe(false);
    expect(isFailure(limit('out-of-memory'), null)).toBe(false);
  });
});
