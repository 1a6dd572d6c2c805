/** What the prober says of real programs that do not become ready, and when it gives up. */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import type { Prober, ProbeResult, ProbeTarget } from '../../../bench/prober/prober.ts';
import { explainNotReady } from '../../../bench/prober/not-ready.ts';
import { observe, watchMs, type Observation } from '../../support/prober/observe.ts';
import { openStage, type Place, type Stage } from '../../support/prober/prober-stage.ts';

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

/** Servers of these modes, each in a place of its own, all at once: they take their time. */
async function observeEach(modes: string[], how?: Observation): Promise<Record<string, ProbeResult>> {
  const observed = modes.map(async (mode) => {
    const place = await stage.place();
    const result = await observe(place, prober, mode, how);
    await place.dispose();
    return [mode, result] as const;
  });
  return Object.fromEntries(await Promise.all(observed));
}

function containing(words: string): string {
  return expect.stringContaining(words) as string;
}

describe('watching one that is not ready', () => {
  let place: Place;
  beforeEach(async () => {
    place = await stage.place();
  });
  afterEach(async () => {
    await place.dispose();
  });

  it('says soon after it has begun to listen what keeps an instance from being ready', async () => {
    const said: string[] = [];
    let onSaid = (): void => undefined;
    const talking = await stage.startProber({
      warn: (message) => {
        said.push(message);
        onSaid();
      },
    });
    const https = { by: 'http', path: '/', status: 200, bodyContains: null, scheme: 'https' } as const;
    const cases: [mode: string, hint: string, target?: Partial<ProbeTarget>][] = [
      [
        'local-only',
        'the workload listens on 127.0.0.1:8080 only, which nothing outside of its box can reach; make it listen on 0.0.0.0:8080',
      ],
      [
        'local-only-ipv6',
        'the workload listens on [::1]:8080 only, which nothing outside of its box can reach; make it listen on 0.0.0.0:8080',
      ],
      [
        'elsewhere',
        'the workload listens on [::]:8081, not on port 8080; change `port` in the workload, or the port of the program',
      ],
      ['tls', 'the port speaks TLS; add `scheme: https` to `ready`'],
      ['good', 'the port does not speak TLS; remove `scheme: https` from `ready`', { readiness: https }],
      [
        'http2',
        'the port speaks HTTP/2 only; use `ready: { by: tcp }`, or let the server speak HTTP/1.1 too',
      ],
    ];
    for (const [mode, hint, target] of cases) {
      const own = await stage.place();
      const watch = await talking.watch({ ...own.target, ...target }, watchMs);
      const heard = new Promise<void>((resolve) => (onSaid = resolve));
      own.serve(mode);
      await Promise.race([heard, watch.result]);
      watch.cancel();
      expect(await watch.result).toMatchObject({ ready: false, notReady: { hints: [hint] } });
      expect(said.splice(0)).toEqual([`${own.target.instance}: ${hint}`]);
      await own.dispose();
    }
    await talking.close();
  });

  it('says what it saw last of a server', async () => {
    const served = { by: 'http', path: '/', status: 200, bodyContains: 'welcome' } as const;
    const cases = {
      'never-listens': { connected: false, lastStatus: null, lastError: containing('ECONNREFUSED') },
      'never-answers': { connected: true, lastStatus: null, lastError: containing('no answer has arrived') },
      'always-500': { connected: true, lastStatus: 500, lastError: containing('500 instead of 200') },
      'breaks-off': { connected: true, lastStatus: null, lastError: containing('broke off') },
      good: { connected: true, lastStatus: 200, lastError: containing('without "welcome"') },
    };
    const target: Partial<ProbeTarget> = { readiness: served };
    const results = await observeEach(Object.keys(cases), { timeoutMs: 4000, target });
    for (const [mode, wanted] of Object.entries(cases)) {
      const result = results[mode];
      expect(result, mode).toMatchObject({ ready: false, notReady: wanted });
      if (result?.ready === false) expect(result.notReady.attempts, mode).toBeGreaterThan(2);
    }
  });

  it('does not wait for an address at which nobody is', async () => {
    const watch = await prober.watch({ ...place.target, host: '10.87.200.1', sharesKernel: false }, 1500);
    const result = await watch.result;
    expect(result).toMatchObject({ ready: false, notReady: { connected: false } });
    // Short deadlines: one patient attempt would have taken all the time.
    expect(result.ready ? 0 : result.notReady.attempts).toBeGreaterThan(10);
  });

  it('gives up on a server that only its own box reaches long before its time is over, and says so', async () => {
    const results = await observeEach(['local-only', 'local-only-ipv6']);
    for (const result of Object.values(results)) {
      if (result.ready) throw new Error('it is ready');
      expect(result.notReady).toMatchObject({
        connected: false,
        gaveUpAfterMs: expect.any(Number) as number,
      });
      const { code, message } = explainNotReady(result.notReady, watchMs);
      expect(code).toBe('not-listening');
      expect(message).toMatch(/^no connection was accepted, given up after [\d.]+ s: .*8080 only/);
    }
  });

  it('ends a watch that is cancelled, without an error', async () => {
    const watch = await prober.watch(place.target, watchMs);
    watch.cancel();
    expect(await watch.result).toMatchObject({ ready: false });
  });
});
