/** The resident prober in a real network namespace, with real programs that listen, answer, fail and hang. */
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, it } from 'vitest';
import { ProberError } from '../../../bench/prober/client.ts';
import type { Prober, ProbeTarget } from '../../../bench/prober/prober.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { explainNotReady } from '../../../bench/prober/not-ready.ts';
import { observe, readiness, watchMs } from '../../support/prober/observe.ts';
import { residents, statusOf, tracingInstances } from '../../support/prober/prober-processes.ts';
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

  it('waits for a server that accepts early and answers late, with few further attempts', async () => {
    const found = readiness(await observe(place, prober, 'hang-then-good', { delayMs: 2500 }));
    const answered = await place.noted('answered');
    expect(found.readyAt).toBeGreaterThanOrEqual(answered);
    expect(answered - (await place.noted('listening'))).toBeGreaterThan(2400);
    // One at listening, after those refused before.
    const before = (found.listeningAt - (found.execAt ?? 0)) / 20;
    expect(found.attempts).toBeLessThan(before + 20);
  });

  it('leaves a server alone that works for seconds on its first answer', async () => {
    const found = readiness(await observe(place, prober, 'works-first', { delayMs: 3000 }));
    const before = (found.listeningAt - (found.execAt ?? 0)) / 20;
    expect(found.attempts).toBeLessThan(before + 20);
    expect(found.readyAt - (await place.noted('answered'))).toBeLessThan(1000);
  });

  it('waits for a server that takes one question at a time and needs 6 s for each', async () => {
    const found = readiness(await observe(place, prober, 'sleeps-each', { delayMs: 6000 }));
    expect(found.readyAt - found.listeningAt).toBeGreaterThanOrEqual(6000);
    // Any question that was given up would have cost another 6 s.
    expect(found.readyAt - found.listeningAt).toBeLessThan(12_000);
  });

  it('is not held up for good by a connection that is never answered', async () => {
    const found = readiness(await observe(place, prober, 'first-hangs'));
    // The one that hangs has not failed: another was good before its deadline.
    expect(found.lastFailureAt).toBe(found.listeningAt);
    expect(found.readyAt).toBeGreaterThanOrEqual(await place.noted('answered'));
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

  it('takes an accepted connection as ready where that is asked for', async () => {
    const found = readiness(await observe(place, prober, 'never-answers', { target: connected }));
    expect(found.readyAt).toBeGreaterThanOrEqual(found.listeningAt);
  });

  it.each([
    [
      'never-listens',
      { connected: false, lastStatus: null, lastError: expect.stringContaining('ECONNREFUSED') as string },
    ],
    [
      'never-answers',
      {
        connected: true,
        lastStatus: null,
        lastError: expect.stringContaining('no answer has arrived') as string,
      },
    ],
    [
      'always-500',
      {
        connected: true,
        lastStatus: 500,
        lastError: expect.stringContaining('500 instead of 200') as string,
      },
    ],
    [
      'breaks-off',
      { connected: true, lastStatus: null, lastError: expect.stringContaining('broke off') as string },
    ],
  ])('says what it saw last of a server that %s', async (mode, wanted) => {
    const result = await observe(place, prober, mode, { timeoutMs: 2000 });
    expect(result).toMatchObject({ ready: false, notReady: wanted });
    expect(result.ready ? 0 : result.notReady.attempts).toBeGreaterThan(2);
  });

  it('says that the body was not the wanted one', async () => {
    const wanted: ProbeTarget['readiness'] = { by: 'http', path: '/', status: 200, bodyContains: 'welcome' };
    const result = await observe(place, prober, 'good', { timeoutMs: 2000, target: { readiness: wanted } });
    expect(result).toMatchObject({ ready: false, notReady: { connected: true, lastStatus: 200 } });
    expect(result.ready ? null : result.notReady.lastError).toContain('without "welcome"');
  });

  it('does not wait for an address at which nobody is', async () => {
    const watch = await prober.watch({ ...place.target, host: '10.87.200.1', sharesKernel: false }, 1500);
    const result = await watch.result;
    expect(result).toMatchObject({ ready: false, notReady: { connected: false } });
    // Short deadlines: one patient attempt would have taken all the time.
    expect(result.ready ? 0 : result.notReady.attempts).toBeGreaterThan(10);
  });

  it.each(['local-only', 'local-only-ipv6'])(
    'gives up on a server that is %s long before its time is over, and says so',
    async (mode) => {
      const result = await observe(place, prober, mode);
      if (result.ready) throw new Error('it is ready');
      expect(result.notReady).toMatchObject({
        connected: false,
        gaveUpAfterMs: expect.any(Number) as number,
      });
      const { code, message } = explainNotReady(result.notReady, watchMs);
      expect(code).toBe('not-listening');
      expect(message).toMatch(/^no connection was accepted, given up after [\d.]+ s: .*8080 only/);
    },
  );

  it('waits for a server that works on its own box first, longer than it waits for an idle one', async () => {
    readiness(await observe(place, prober, 'local-first', { delayMs: 9000 }));
  });

  it('ends a watch that is cancelled, without an error', async () => {
    const watch = await prober.watch(place.target, watchMs);
    watch.cancel();
    expect(await watch.result).toMatchObject({ ready: false });
  });
});

describe('several at once', () => {
  it('keeps their events apart, although all use the same port and command', async () => {
    const places = await Promise.all([1, 2, 3, 4].map(() => stage.place()));
    try {
      const watches = await Promise.all(places.map((place) => prober.watch(place.target, watchMs)));
      const spawned: number[] = [];
      for (const [index, place] of places.entries()) {
        // The next one starts when this one has been seen, so that the moments cannot overlap.
        spawned.push(monotonicMs());
        place.serve('good');
        await watches[index]?.result;
      }
      for (const [index, watch] of watches.entries()) {
        const found = readiness(await watch.result);
        expect(found.listeningBy).toBe('tracer');
        expect(found.execAt).toBeGreaterThan(spawned[index] ?? NaN);
        expect(found.listeningAt).toBeGreaterThan(found.execAt ?? NaN);
        expect(found.listeningAt).toBeLessThanOrEqual((await places[index]?.noted('listening')) ?? NaN);
      }
    } finally {
      await Promise.all(places.map((place) => place.dispose()));
    }
  });
});

describe('its own life', () => {
  it('stays on the CPUs it is given and counts what it uses', async () => {
    const pinned = await stage.startProber({ cpus: [0] });
    const allowed = (await residents(stage.runId)).map((pid) => statusOf(pid, 'Cpus_allowed_list'));
    expect(await Promise.all(allowed)).toContain('0');
    const usage = await pinned.usage();
    expect(usage.cpuMs).toBeGreaterThan(0);
    expect(usage.ageMs).toBeGreaterThan(0);
    expect(usage.rssBytes).toBeGreaterThan(10_000_000);
    await pinned.close();
  });

  it('leaves neither process nor tracing instance when it is closed', async () => {
    const before = await residents(stage.runId);
    const instancesBefore = await tracingInstances(stage.runId);
    const short = await stage.startProber();
    expect(await residents(stage.runId)).toHaveLength(before.length + 1);
    expect(await tracingInstances(stage.runId)).toHaveLength(instancesBefore.length + 1);
    await short.close();
    await short.close();
    expect(await residents(stage.runId)).toEqual(before);
    expect(await tracingInstances(stage.runId)).toEqual(instancesBefore);
    await expect(short.usage()).rejects.toThrow(ProberError);
  });

  it('ends every watch when the run is aborted', async () => {
    const other = await openStage();
    try {
      const aborted = await other.startProber();
      const place = await other.place();
      const watch = await aborted.watch(place.target, watchMs);
      const load = aborted.load({
        host: place.target.host,
        port: 1,
        path: '/',
        rps: 1,
        durationMs: watchMs,
      });
      const refused = expect(load).rejects.toThrow('cancelled');
      other.signal.abort();
      expect(await watch.result).toMatchObject({ ready: false });
      await refused;
      await place.dispose();
      await aborted.close();
    } finally {
      expect(await other.close()).toEqual([]);
    }
  });

  it('rejects what waits for it when it is killed, and leaves nothing', async () => {
    const before = await residents(stage.runId);
    const instancesBefore = await tracingInstances(stage.runId);
    const doomed = await stage.startProber();
    const place = await stage.place();
    const watch = await doomed.watch(place.target, watchMs);
    const [pid] = (await residents(stage.runId)).filter((one) => !before.includes(one));
    if (pid === undefined) throw new Error('the prober’s process was not found');
    process.kill(pid, 'SIGKILL');
    await expect(watch.result).rejects.toThrow(/the prober has ended \(signal SIGKILL\)/);
    await expect(doomed.watch(place.target, watchMs)).rejects.toThrow(ProberError);
    await place.dispose();
    await doomed.close();
    expect(await tracingInstances(stage.runId)).toEqual(instancesBefore);
  });

  it('says clearly that it cannot start', async () => {
    await expect(stage.startProber({ nsPath: '/run/netns/tare-none-such' })).rejects.toThrow(
      /the prober has ended \(exit code 1\)/,
    );
  });
});
