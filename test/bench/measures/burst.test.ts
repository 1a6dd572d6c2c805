import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Barrier } from '../../../bench/measures/burst/barrier.ts';
import { burst, burstBlocks, burstSizes } from '../../../bench/measures/burst/burst.ts';
import { burstFigures, type TakenBurst } from '../../../bench/measures/burst/figures.ts';
import { sustainedRate, type LadderStep } from '../../../bench/measures/burst/ladder.ts';
import { takeBurst, type BurstSite } from '../../../bench/measures/burst/take-burst.ts';
import type { JournalEvent } from '../../../bench/run/journal/journal.ts';
import { serverReadiness } from '../../../bench/run/instance/start.ts';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import { fakePlatform, type FakeOptions } from '../../support/fake-runner.ts';

const tiny = loadScenario('tiny', { cwd: '/' });

const taken = (readyMs: readonly number[], changes: Partial<TakenBurst> = {}): TakenBurst => ({
  instances: readyMs.length,
  starts: readyMs.map((ms) => ({ createMs: 10, lagMs: 1, readyMs: ms })),
  durationMs: 500,
  cpuMs: { instance: 40 * readyMs.length, engine: 0 },
  busy: 0.5,
  stalled: { cpu: 0.25 },
  ...changes,
});
const event = (block: number, bursts: TakenBurst[]): JournalEvent => ({
  ...{ type: 'burst', platform: 'runc', block, at: '2026-01-01T00:00:00.000Z', bursts },
});

describe('the sizes of bursts', () => {
  it('double up to the largest, which is among them whatever it is', () => {
    expect(burstSizes(1)).toEqual([1]);
    expect(burstSizes(8)).toEqual([1, 2, 4, 8]);
    expect(burstSizes(6)).toEqual([1, 2, 4, 6]);
  });

  it('come in a shuffled order in each block, the same for the same seed, after a warm-up', () => {
    const blocks = burstBlocks({ samples: 6, most: 8 }, 3);
    expect(blocks).toEqual(burstBlocks({ samples: 6, most: 8 }, 3));
    expect(blocks[0]).toEqual([8]);
    for (const block of blocks.slice(1)) expect([...block].sort((a, b) => a - b)).toEqual([1, 2, 4, 8]);
    expect(new Set(blocks.slice(1).map(String)).size).toBeGreaterThan(1);
    // An extended run goes on where it ended.
    expect(burstBlocks({ samples: 9, most: 8 }, 3).slice(0, 7)).toEqual(blocks);
  });

  it('are said by the plan', () => {
    expect(burst.planLines?.({ samples: 2, most: 4, ladder: null }, tiny)).toEqual([
      'burst: 2 times 1, 2, 4 starts at once, shuffled, one platform after the other',
    ]);
  });
});

describe('the figures of a burst', () => {
  const figures = burstFigures([event(0, [taken([9, 9])]), event(1, [taken([200, 400]), taken([100])])]);
  const valueOf = (metric: string, condition: object, lens: string | null = null): number | undefined =>
    figures.find(
      (figure) =>
        figure.metric === metric &&
        figure.lens === lens &&
        figure.sample.block === 1 &&
        JSON.stringify(figure.condition) === JSON.stringify(condition),
    )?.sample.value;

  it('count by two clocks: from the release, and with what was made before', () => {
    expect(valueOf('burst.ready', { instances: 2, clock: 'start' })).toBe(400);
    expect(valueOf('burst.ready', { instances: 2, clock: 'request' })).toBe(410);
    expect(valueOf('burst.median', { instances: 2, clock: 'start' })).toBe(300);
    expect(valueOf('burst.first', { instances: 2, clock: 'start' })).toBe(200);
    expect(valueOf('burst.rate', { instances: 2, clock: 'start' })).toBe(5);
  });

  it('hold a burst against the single start of its block', () => {
    expect(valueOf('burst.slowdown', { instances: 2, clock: 'start' })).toBe(3);
    expect(valueOf('burst.slowdown', { instances: 1, clock: 'start' })).toBeUndefined();
  });

  it('share CPU time among the starts', () => {
    expect(valueOf('cpu.start', { instances: 2 }, 'instance')).toBe(40);
    expect(valueOf('burst.stalled', { instances: 2 }, 'cpu')).toBe(0.25);
  });

  it('keep the warm-up as excluded', () => {
    const warm = figures.filter(({ sample }) => sample.block === 0);
    expect(warm.length).toBeGreaterThan(0);
    expect(warm.every(({ sample }) => sample.excluded !== undefined)).toBe(true);
  });

  it('of a burst with a failure are its share alone: the others had more of the machine', () => {
    const broken = burstFigures([event(1, [taken([100, 100], { instances: 3 })])]);
    expect(broken.map(({ metric }) => metric)).toEqual(['burst.success']);
    expect(broken[0]?.sample.value).toBeCloseTo(2 / 3);
  });
});

describe('the ladder', () => {
  const step = (rate: number, p95Ms: number | null, failed = 0): LadderStep => ({
    ...{ rate, starts: 20 * rate, failed, p50Ms: p95Ms, p95Ms },
  });

  it('finds the highest rate at which nothing fails and starts take at most twice as long', () => {
    expect(sustainedRate([step(1, 100), step(2, 110), step(4, 200), step(8, 201)])).toBe(4);
    expect(sustainedRate([step(1, 100), step(2, 100)])).toBe(2);
    expect(sustainedRate([step(1, 100), step(2, 100, 1)])).toBe(1);
  });

  it('of a platform that fails at the lowest rate is 0', () => {
    expect(sustainedRate([step(1, 100, 1)])).toBe(0);
    expect(sustainedRate([step(1, null, 20)])).toBe(0);
    expect(sustainedRate([])).toBe(0);
  });

  it('has a figure for each rate that was offered', () => {
    const at = '2026-01-01T00:00:00.000Z';
    const steps = [step(1, 100), step(2, 300)];
    const figures = burstFigures([{ type: 'ladder', platform: 'runc', at, steps }]);
    expect(figures.map(({ metric, condition, sample }) => [metric, condition, sample.value])).toEqual([
      ['burst.sustained', {}, 1],
      ['burst.p95', { rate: 1 }, 100],
      ['burst.p95', { rate: 2 }, 300],
    ]);
  });
});

it('a barrier releases all at one moment, once the last is there or known not to come', async () => {
  const barrier = new Barrier(3);
  let released = 0;
  const waiting = [barrier.arrive(), barrier.arrive()];
  for (const each of waiting) void each.then(() => (released += 1));
  await new Promise((resolve) => setImmediate(resolve));
  expect(released).toBe(0);
  barrier.leave();
  const moments = await Promise.all(waiting);
  expect(new Set(moments).size).toBe(1);
});

describe('a burst of fakes', () => {
  let logs: string;
  beforeAll(async () => {
    logs = await mkdtemp(join(tmpdir(), 'tare-burst-'));
  });
  afterAll(() => rm(logs, { recursive: true }));

  function siteOf(options: FakeOptions): { site: BurstSite; fakes: ReturnType<typeof fakePlatform> } {
    const fakes = fakePlatform(options);
    const [platform] = tiny.platforms;
    if (!platform) throw new Error('tiny has no platform');
    const prober = { ...fakes.prober, usage: () => Promise.resolve({ cpuMs: 0, ageMs: 1, rssBytes: 1 }) };
    const silent = { progress: () => undefined, debug: () => undefined, warn: () => undefined };
    const site: BurstSite = {
      ...{ platform, prepared: fakes.prepared, prober, log: silent },
      ...{ ready: serverReadiness(tiny.workload.ready), sharesKernel: false, restShare: 0, cpuset: null },
      ...{ logs, signal: new AbortController().signal },
    };
    return { site, fakes };
  }

  it('starts none before all have been created, and leaves none behind', async () => {
    const created: number[] = [];
    const { site, fakes } = siteOf({
      at: (moment) => {
        if (moment === 'start') created.push(fakes.instances.length);
      },
    });
    const { burst: found, failure } = await takeBurst(site, 4, 'a-');
    expect(failure).toBeNull();
    expect(created).toEqual([4, 4, 4, 4]);
    expect(found.starts).toHaveLength(4);
    expect(fakes.instances.every(({ isDisposed }) => isDisposed)).toBe(true);
  });

  it('goes on where one cannot be created, and tells of it', async () => {
    const { site, fakes } = siteOf({});
    let count = 0;
    const prepared = {
      ...fakes.prepared,
      create: (instance: { id: string; logs: string }) => {
        count += 1;
        return count === 2 ? Promise.reject(new Error('no address left')) : fakes.prepared.create(instance);
      },
    };
    const { burst: found, failure } = await takeBurst({ ...site, prepared }, 3, 'b-');
    expect(found).toMatchObject({ instances: 3 });
    expect(found.starts).toHaveLength(2);
    expect(failure).toMatchObject({ instance: 'b-2', error: { message: 'no address left' } });
  });

  it('counts one that ended while others started as failed', async () => {
    const { site, fakes } = siteOf({
      at: (moment, instance) => {
        if (moment === 'alive' && instance === fakes.instances[0]) instance.isGone = true;
      },
    });
    const { burst: found, failure } = await takeBurst(site, 2, 'c-');
    expect(found.starts).toHaveLength(1);
    expect(failure).toMatchObject({ error: { code: 'exited' } });
  });
});
