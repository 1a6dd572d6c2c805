/** The prober's load on a real server: what is sent, what is counted, and what a stall costs. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ProberError } from '../../../bench/prober/prober-error.ts';
import type { Prober } from '../../../bench/prober/prober.ts';
import { observe, readiness } from '../../support/prober/observe.ts';
import { connected, openStage, type Place, type Stage } from '../../support/prober/prober-stage.ts';

let stage: Stage;
let prober: Prober;
let place: Place;

beforeAll(async () => {
  stage = await openStage();
  prober = await stage.startProber();
});
afterAll(async () => {
  await prober.close();
  expect(await stage.close()).toEqual([]);
});
beforeEach(async () => {
  place = await stage.place();
});
afterEach(() => place.dispose());

describe('a load', () => {
  it('answers and counts under load', async () => {
    readiness(await observe(place, prober, 'good'));
    const { host, port } = place.target;
    const load = await prober.load({ host, port, path: '/', rps: 40, durationMs: 1000 });
    expect(load).toMatchObject({ offered: 40, sent: 40, ok: 40, errors: 0 });
    expect([load.p90, load.p99, load.max].every((value) => value >= load.p50)).toBe(true);
    expect(await prober.get({ host, port, path: '/facts' }, 60_000)).toEqual({ status: 200, body: 'ready' });
  });

  it('charges a stall to every request that was meant to be sent during it', async () => {
    const { host, port } = place.target;
    readiness(await observe(place, prober, 'hang-then-good', { delayMs: 4000, target: connected }));
    const load = await prober.load({ host, port, path: '/', rps: 20, durationMs: 500 });
    expect(load).toMatchObject({ ok: 10, errors: 0 });
    // All are answered at one moment, but were meant to leave 50 ms after one another.
    expect(load.max - load.p50).toBeGreaterThan(200);
  });

  it('loads many at once and tells them apart: one that answers and one that is not there', async () => {
    readiness(await observe(place, prober, 'good'));
    const { host, port } = place.target;
    const targets = [
      { id: 'good', host, port },
      { id: 'absent', host, port: 1 },
    ];
    const load = await prober.loadAll({ targets, path: '/', rpsPerTarget: 10, durationMs: 1000 });
    expect(load).toMatchObject({ offered: 20, ok: 10, errors: 10 });
    expect(load.targets).toMatchObject([
      { id: 'good', offered: 10, errors: 0, lastError: null },
      { id: 'absent', offered: 10, errors: 10, p99: null },
    ]);
    expect(load.targets[1]?.lastError).toContain('ECONNREFUSED');
    expect(load.max).toBeGreaterThanOrEqual(load.p50 ?? NaN);
  });

  it('refuses to give latencies of a load that nobody answered well', async () => {
    const { host, port } = place.target;
    const options = { host, port, path: '/', rps: 20, durationMs: 200 };
    await expect(prober.load(options)).rejects.toThrow(/none of 4 requests .*ECONNREFUSED/);
    await observe(place, prober, 'always-500', { timeoutMs: 4000 });
    await expect(prober.load(options)).rejects.toThrow('status 500');
    await expect(prober.load({ ...options, rps: 0 })).rejects.toThrow('0 requests');
  });

  it('waits for a single answer as long as it is told to, and not when the run is aborted', async () => {
    await expect(prober.get({ host: '127.0.0.1', port: 1, path: '/' }, 1000)).rejects.toThrow(ProberError);
    readiness(await observe(place, prober, 'never-answers', { target: connected }));
    const { host, port } = place.target;
    const silent = { host, port, path: '/facts' };
    await expect(prober.get(silent, 300)).rejects.toThrow('no complete answer came within 0.3 s');
    const abort = new AbortController();
    const other = await stage.startProber({ signal: abort.signal });
    const answer = other.get(silent, 600_000);
    abort.abort();
    await expect(answer).rejects.toThrow('it was cancelled');
    await other.close();
  });
});
