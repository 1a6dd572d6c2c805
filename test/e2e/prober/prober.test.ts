/** The resident prober in a real network namespace, and real programs that become ready in many ways. */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { Prober, Readiness } from '../../../bench/prober/prober.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { observe, readiness } from '../../support/prober/observe.ts';
import { connected, openStage, type Place, type Stage } from '../../support/prober/prober-stage.ts';

let stage: Stage;
let prober: Prober;

beforeAll(async () => {
  stage = await openStage();
  prober = await stage.startProber();
});

afterAll(async () => {
  await prober.close();
  expect(await stage.close()).toEqual([]);
});

describe('watching one instance', () => {
  let place: Place;
  beforeEach(async () => {
    place = await stage.place();
  });
  afterEach(async () => {
    await place.dispose();
  });

  it('finds it ready, with the kernel’s own marks', async () => {
    expect(prober.tracer).toEqual({ available: true, reason: null });
    const spawnedAt = monotonicMs();
    const found = readiness(await observe(place, prober, 'good'));
    const listening = await place.noted('listening');
    const answered = await place.noted('answered');
    expect(found.listeningBy).toBe('tracer');
    expect(found.execAt).toBeGreaterThan(spawnedAt);
    expect(found.listeningAt).toBeGreaterThan(found.execAt ?? NaN);
    // The kernel prints microseconds, cut off; the server notes the time after the call.
    expect(found.listeningAt).toBeLessThanOrEqual(listening);
    expect(found.readyAt).toBeGreaterThanOrEqual(answered);
    expect(found.lastFailureAt).toBeGreaterThanOrEqual(found.listeningAt);
    expect(found.lastFailureAt).toBeLessThanOrEqual(answered);
    expect(found.attempts).toBeGreaterThanOrEqual(2);
  });

  it('finds it ready by polling alone', async () => {
    const polling = await stage.startProber({ traced: false });
    try {
      expect(polling.tracer).toEqual({ available: false, reason: 'switched off' });
      const found = readiness(await observe(place, polling, 'good'));
      const answered = await place.noted('answered');
      expect(found).toMatchObject({ listeningBy: 'connect', execAt: null });
      expect(found.listeningAt).toBeLessThanOrEqual(answered);
      expect(found.readyAt).toBeGreaterThanOrEqual(answered);
      expect(found.lastFailureAt).toBeLessThan(found.listeningAt);
    } finally {
      await polling.close();
    }
  });

  it('does not ask the tracer about a VM', async () => {
    const found = readiness(await observe(place, prober, 'good', { target: { sharesKernel: false } }));
    expect(found).toMatchObject({ listeningBy: 'connect', execAt: null });
  });

  it('waits through bad answers', async () => {
    const found = readiness(await observe(place, prober, 'bad-then-good', { delayMs: 300 }));
    expect(found.readyAt).toBeGreaterThanOrEqual((await place.noted('listening')) + 300);
    expect(found.readyAt).toBeGreaterThanOrEqual(await place.noted('answered'));
    expect(found.lastFailureAt).toBeGreaterThan(found.listeningAt);
  });

  it('waits for the end of a slow body', async () => {
    const found = readiness(await observe(place, prober, 'slow-body', { delayMs: 400 }));
    expect(found.readyAt).toBeGreaterThanOrEqual(await place.noted('answered'));
    expect(found.readyAt).toBeGreaterThan((await place.noted('listening')) + 400);
  });

  it.each(['chunked', 'until-close', 'bare-line-feeds', 'answers-first'])(
    'understands an answer that is %s',
    async (mode) => {
      readiness(await observe(place, prober, mode));
    },
  );

  it('asks in the way that is stated: over TLS, with headers, and by a redirect', async () => {
    const http = { by: 'http', path: '/', status: 200, bodyContains: 'ready' } as const;
    const shop = { ...http, headers: { Host: 'shop.example:8080' }, redirects: 'follow' } as const;
    const tls = { ...http, scheme: 'https', certificate: 'any' } as const;
    readiness(await observe(place, prober, 'redirects', { target: { readiness: shop } }));
    const other = await stage.place();
    readiness(await observe(other, prober, 'tls', { target: { readiness: tls } }));
    const { host, port } = other.target;
    const load = { host, port, path: '/', scheme: 'https' } as const;
    expect(await prober.load({ ...load, rps: 10, durationMs: 500 })).toMatchObject({ ok: 5, errors: 0 });
    const targets = [{ id: 'tls', host, port }];
    const many = await prober.loadAll({ ...load, targets, rpsPerTarget: 10, durationMs: 500 });
    expect(many).toMatchObject({ ok: 5, errors: 0 });
    expect(await prober.get(load, 60_000)).toEqual({ status: 200, body: 'ready' });
    await other.dispose();
  });

  it('takes an accepted connection as ready where that is asked for', async () => {
    const found = readiness(await observe(place, prober, 'never-answers', { target: connected }));
    expect(found.readyAt).toBeGreaterThanOrEqual(found.listeningAt);
  });
});

describe('watching servers that are slow to answer', () => {
  type Check = (found: Readiness, place: Place) => void | Promise<void>;

  function fewAttempts({ attempts, listeningAt, execAt }: Readiness): void {
    // One at listening, after those refused before.
    const before = (listeningAt - (execAt ?? 0)) / 20;
    expect(attempts).toBeLessThan(before + 20);
  }

  const cases: Record<string, { mode: string; delayMs: number; check: Check }> = {
    'waits for one that accepts early and answers late, with few further attempts': {
      ...{ mode: 'hang-then-good', delayMs: 2500 },
      check: async (found, place) => {
        const answered = await place.noted('answered');
        expect(found.readyAt).toBeGreaterThanOrEqual(answered);
        expect(answered - (await place.noted('listening'))).toBeGreaterThan(2400);
        fewAttempts(found);
      },
    },
    'leaves one alone that works for seconds on its first answer': {
      ...{ mode: 'works-first', delayMs: 3000 },
      check: async (found, place) => {
        fewAttempts(found);
        expect(found.readyAt - (await place.noted('answered'))).toBeLessThan(1000);
      },
    },
    'waits for one that takes one question at a time and needs 6 s for each': {
      ...{ mode: 'sleeps-each', delayMs: 6000 },
      check: ({ readyAt, listeningAt }) => {
        expect(readyAt - listeningAt).toBeGreaterThanOrEqual(6000);
        // Any question that was given up would have cost another 6 s.
        expect(readyAt - listeningAt).toBeLessThan(12_000);
      },
    },
    'is not held up for good by a connection that is never answered': {
      ...{ mode: 'first-hangs', delayMs: 0 },
      check: async (found, place) => {
        // The one that hangs has not failed: another was good before its deadline.
        expect(found.lastFailureAt).toBe(found.listeningAt);
        expect(found.readyAt).toBeGreaterThanOrEqual(await place.noted('answered'));
      },
    },
    'waits for one that works on its own box first, longer than for an idle one': {
      ...{ mode: 'local-first', delayMs: 9000 },
      check: () => undefined,
    },
  };
  /** All at once, since most of the time they wait. */
  let checked: Map<string, Promise<void>>;
  beforeAll(async () => {
    checked = new Map(
      Object.entries(cases).map(([name, { mode, delayMs, check }]) => [name, checkIn(mode, delayMs, check)]),
    );
    await Promise.allSettled(checked.values());
  });

  async function checkIn(mode: string, delayMs: number, check: Check): Promise<void> {
    const place = await stage.place();
    try {
      await check(readiness(await observe(place, prober, mode, { delayMs })), place);
    } finally {
      await place.dispose();
    }
  }

  it.each(Object.keys(cases))('%s', async (name) => {
    expect(checked.has(name)).toBe(true);
    await checked.get(name);
  });
});
