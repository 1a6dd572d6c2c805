/**
 * How late the prober finds out that an instance is ready, and what it costs meanwhile. The instance is a small program
 * in a network namespace and cgroup of its own, as a run makes them, which notes on the same clock when it listens.
 */
import { pathToFileURL } from 'node:url';
import { seededRandom } from '../../../bench/statistics/random.ts';
import { ascending, quantile } from '../../../bench/statistics/quantile.ts';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { assetFile } from '../../../runners/machine/asset.ts';
import { idleCpusHad, withIdleCpus } from '../../../bench/run/host/idle-cpus.ts';
import type { IdleCpus } from '../../../scenarios/schema/allowed-words.ts';
import type { Prober } from '../../../bench/prober/prober.ts';
import { findInTurn, lagsOf } from '../../support/prober/burst-lag.ts';
import { openStage, type Place } from '../../support/prober/prober-stage.ts';
import type { BenchRow } from '../row.ts';

const starts = 200;
/** Discarded: the machine's page cache and the prober's compiled code are cold. */
const warmups = 10;

/** As runs have it, then with less. */
const ways: readonly (readonly [traced: boolean, idleCpus: IdleCpus])[] = [
  [true, 'poll'],
  [true, 'as-is'],
  [false, 'poll'],
];

export async function benchProber(): Promise<BenchRow[]> {
  const stage = await openStage();
  try {
    const place = await stage.place();
    const rows: BenchRow[] = [];
    for (const [traced, idleCpus] of ways) {
      const prober = await stage.startProber({ traced });
      const how = prober.tracer.available ? 'with the tracer' : 'by polling alone';
      const had = (await idleCpusHad(idleCpus)) === 'poll' ? how : `${how}, CPUs sleep`;
      rows.push(...(await lateness(prober, place, had, { idleCpus, bound: traced && idleCpus === 'poll' })));
      await prober.close();
    }
    await place.dispose();
    return rows;
  } finally {
    await stage.close();
  }
}

async function lateness(
  prober: Prober,
  place: Place,
  how: string,
  { idleCpus, bound }: { idleCpus: IdleCpus; bound: boolean },
): Promise<BenchRow[]> {
  const random = seededRandom(1);
  const late: number[] = [];
  const afterAnswer: number[] = [];
  let cpuMs = 0;
  let watchedMs = 0;
  for (let index = -warmups; index < starts; index += 1) {
    const before = await prober.usage();
    const beganAt = monotonicMs();
    const watch = await prober.watch({ ...place.target, commandPath: '/usr/bin/perl' }, 30_000);
    // A varying delay, so that polls and starts do not fall into step.
    const delayMs = 100 + random() * 100;
    const program = place.launch('/usr/bin/perl', [
      assetFile('test/fixtures/prober/listen.pl'),
      String(place.target.port),
      String(delayMs),
    ]);
    const result = await withIdleCpus(idleCpus, () => watch.result);
    if (!result.ready) throw new Error(`start ${index}: ${JSON.stringify(result.notReady)}`);
    const listeningAt = await place.noted('listening');
    const after = await prober.usage();
    await program.exited;
    if (index < 0) continue;
    late.push(result.readiness.readyAt - listeningAt);
    afterAnswer.push(result.readiness.readyAt - (await place.noted('answered')));
    cpuMs += after.cpuMs - before.cpuMs;
    watchedMs += result.readiness.readyAt - beganAt;
  }
  const sorted = ascending(late);
  const { rssBytes } = await prober.usage();
  return [
    {
      name: `ready found late, median, ${how}`,
      value: quantile(sorted, 0.5),
      unit: 'ms',
      atMost: bound ? 0.5 : null,
    },
    {
      name: `ready found late, p99, ${how}`,
      value: quantile(sorted, 0.99),
      unit: 'ms',
      atMost: bound ? 2 : null,
    },
    { name: `ready found late, most, ${how}`, value: quantile(sorted, 1), unit: 'ms', atMost: null },
    // Without the time that the instance itself needed, which is long where something else keeps the CPUs busy.
    {
      name: `ready found late after the answer was sent, p99, ${how}`,
      value: quantile(ascending(afterAnswer), 0.99),
      unit: 'ms',
      atMost: null,
    },
    {
      name: `CPU while watching, ${how}`,
      value: (100 * cpuMs) / watchedMs,
      unit: '% of one core',
      atMost: bound ? 5 : null,
    },
    { name: `resident memory, ${how}`, value: rssBytes / 2 ** 20, unit: 'MiB', atMost: null },
  ];
}

/** Of the measure `burst`: listeners that are watched at the same time. */
const counts = [1, 4, 16, 64];
/** Listeners found for each number. */
const wanted = 128;

export async function benchProberBurst(): Promise<BenchRow[]> {
  const stage = await openStage();
  const prober = await stage.startProber();
  const places: Place[] = [];
  try {
    while (places.length < Math.max(...counts)) places.push(await stage.place());
    // As many as were asked of the smallest number; the first finds the prober's code cold.
    await findInTurn(prober, places.slice(0, 1));
    const rows: BenchRow[] = [];
    const medians: number[] = [];
    for (const count of counts) {
      const lags: number[] = [];
      const rounds = Math.min(16, wanted / count);
      for (let round = 0; round < rounds; round += 1) {
        lags.push(...lagsOf(await findInTurn(prober, places.slice(0, count))));
      }
      const sorted = ascending(lags);
      const name = `ready found late, one of ${count} that are watched`;
      rows.push({ name: `${name}, median`, value: quantile(sorted, 0.5), unit: 'ms', atMost: null });
      rows.push({ name: `${name}, p90`, value: quantile(sorted, 0.9), unit: 'ms', atMost: null });
      medians.push(quantile(sorted, 0.5));
    }
    const growth = (medians.at(-1) ?? NaN) / (medians[0] ?? NaN);
    rows.push({
      name: `ready found late, one of ${counts.at(-1) ?? 0} over one alone, medians`,
      value: growth,
      unit: 'ratio',
      atMost: 2,
    });
    return rows;
  } finally {
    for (const place of places) await place.dispose();
    await prober.close();
    await stage.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  console.table(await benchProber());
}
