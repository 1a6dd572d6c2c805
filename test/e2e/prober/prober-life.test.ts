/** The prober with several targets at once, and its own start and end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { commandLine } from '../../../bench/prober/command-line.ts';
import { ProberError } from '../../../bench/prober/prober-error.ts';
import type { Prober } from '../../../bench/prober/prober.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { run } from '../../../runners/machine/command.ts';
import { silentLog } from '../../runners/machine/local-run.ts';
import { readiness, watchMs } from '../../support/prober/observe.ts';
import { residents, statusOf, tracingInstances } from '../../support/prober/prober-processes.ts';
import { openStage, type Stage } from '../../support/prober/prober-stage.ts';

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

  it('ends, and leaves nothing, where its client is gone before it can say hello', async () => {
    const before = await tracingInstances(stage.runId);
    // With its real command line, by a program that breaks the channel at once, and stays: no end of it kills the prober.
    const line = commandLine({
      ...{ nsPath: stage.network.nsPath, traceName: `tare-${stage.runId}-early`, cpus: null },
      ...{ lease: stage.lease, log: silentLog, signal: stage.signal.signal },
    });
    const script = `
      const [program, ...args] = JSON.parse(process.argv[1]);
      const prober = require('node:child_process').spawn(program, args, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
      prober.disconnect();
      prober.once('exit', (code, signal) => console.log(signal ?? code));
    `;
    const { stdout } = await run(process.execPath, ['--eval', script, JSON.stringify(line)], {
      timeoutMs: 120_000,
    });
    expect(stdout).toBe('SIGKILL');
    expect(await tracingInstances(stage.runId)).toEqual(before);
  });

  it('says clearly that it cannot start', async () => {
    await expect(stage.startProber({ nsPath: '/run/netns/tare-none-such' })).rejects.toThrow(
      /the prober has ended \(exit code 1\)/,
    );
  });
});
