/** With fakes for instance and prober: which loads an instance is put under, and what becomes a failure. */
import { expect, it } from 'vitest';
import type { Figure, Taking } from '../../../../bench/measures/measure.ts';
import { throughput } from '../../../../bench/measures/throughput/throughput.ts';
import type { Prober } from '../../../../bench/prober/prober.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import type { OptionsOf } from '../../../../scenarios/measures/measures.ts';
import { FakeInstance } from '../../../support/fake-runner.ts';

type Options = OptionsOf<'throughput'>;

const tiny = loadScenario('tiny', { cwd: '/' });
const options: Options = {
  ...{ samples: 1, durationMs: 5, connections: 2, rates: [0.25, 0.5] },
  warmUp: { windowMs: 500, mostMs: 0 },
};

/** A generator that is answered `ok` times in each second. */
function fakeProber({ ok = 100, errors = 0 }: { ok?: number; errors?: number }): {
  prober: Prober;
  asked: number[];
} {
  const asked: number[] = [];
  const times = { p50: 1, p90: 2, p99: 3, max: 4 };
  const prober = {
    usage: () => Promise.resolve({ cpuMs: 0, ageMs: 1, rssBytes: 1 }),
    saturate: () => Promise.resolve({ durationMs: 1000, ok, errors, ...times, cpuMs: 10 }),
    load: ({ rps }) => {
      asked.push(rps);
      return Promise.resolve({ offered: 100, sent: 100, ok: 100, errors: 0, ...times, sendLagMaxMs: 0 });
    },
  } as Partial<Prober> as Prober;
  return { prober, asked };
}

async function take(prober: Prober, id: string): Promise<Figure[]> {
  const figures: Figure[] = [];
  const platform = tiny.platforms.find((each) => each.id === id);
  const taking = {
    ...{ options, platform, prober, baseline: 'process', workload: tiny.workload },
    instance: new FakeInstance(id, {}),
    sample: (figure) => void figures.push(figure),
  } as Partial<Taking<Options>> as Taking<Options>;
  await throughput.instance?.hooks(taking).running?.(new AbortController().signal);
  return figures;
}

const names = (figures: readonly Figure[], load: string): string[] =>
  figures.filter(({ condition }) => condition?.['load'] === load).map(({ metric }) => metric);

it('all platforms are asked at shares of what the baseline served first, once that is known', async () => {
  const { prober, asked } = fakeProber({ ok: 100 });
  const before = await take(prober, 'runc');
  expect(names(before, 'saturation')).toContain('latency.p99');
  expect(asked).toEqual([]);
  await take(prober, 'process');
  const after = await take(prober, 'runc');
  expect(asked).toEqual([25, 50, 25, 50]);
  expect(names(after, '25 %')).toEqual(names(after, '50 %'));
  expect(after.find(({ metric }) => metric === 'throughput.rps')?.value).toBe(100);
});

it('a fast baseline is asked at no more than the open loop can send', async () => {
  const { prober, asked } = fakeProber({ ok: 100_000 });
  await take(prober, 'process');
  expect(asked).toEqual([1000, 2000]);
});

it('a load of which more than one in a thousand fails is a failure, and no throughput', async () => {
  const { prober } = fakeProber({ ok: 998, errors: 2 });
  await expect(take(prober, 'process')).rejects.toMatchObject({ code: 'measure-failed' });
});
