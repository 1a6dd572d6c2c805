/** What a fleet costs: simulated records merged and reported, at three sizes. The program is run as built. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { hostName, makeFleetRecords } from '../fixtures/fleet/make-fleet.ts';
import { processShape } from '../fixtures/records/make-record.ts';
import { coverageOf, oddRates, type FleetShape } from '../support/fleet/cluster-trials.ts';
import { makeSandbox } from '../support/tare.ts';
import { runBuilt } from './built.ts';
import type { BenchRow } from './row.ts';

const platforms = Array.from({ length: 10 }, (_, index) => ({
  ...processShape,
  id: index === 0 ? 'process' : `p${index}`,
  readyMs: 1000 + 100 * index,
}));

export async function benchFleet(): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  for (const hosts of [250, 500, 1000]) {
    const box = await makeSandbox();
    try {
      for (let host = 0; host < hosts; host += 1) {
        const [record] = makeFleetRecords({ hosts: 1, samples: 100, platforms, seed: host + 1 });
        const folder = join(box.folder, 'fleet', hostName(host));
        await mkdir(folder, { recursive: true });
        const named = record && { ...record, host: { ...record.host, name: hostName(host) } };
        await writeFile(join(folder, 'run.json'), JSON.stringify(named, null, 2));
      }
      const { durationMs, maxRssMiB } = await runBuilt(box, ['fleet', 'merge', 'fleet', '--out', 'report']);
      const isWhole = hosts === 1000;
      const name = `${hosts} hosts, 10 platforms, 100 samples, merged and reported`;
      rows.push(
        { name, value: durationMs, unit: 'ms', atMost: isWhole ? 20_000 : null },
        { name: 'the same, memory at most', value: maxRssMiB, unit: 'MiB', atMost: isWhole ? 500 : null },
        { name: 'the same, for each host', value: durationMs / hosts, unit: 'ms', atMost: null },
      );
    } finally {
      await rm(join(box.folder, 'fleet'), { recursive: true, force: true });
      await box.remove();
    }
  }
  return rows;
}

const shapes: readonly [name: string, Omit<FleetShape, 'hosts' | 'noise'>][] = [
  ['equal hosts, CV 5 %, 10 samples', { samples: 10, between: 0, within: 0.05 }],
  ['hosts 2 %, CV 10 %, 10 samples', { samples: 10, between: 0.02, within: 0.1 }],
  ['hosts 5 %, CV 5 %, 10 samples', { samples: 10, between: 0.05, within: 0.05 }],
  ['hosts 5 %, CV 5 %, 100 samples', { samples: 100, between: 0.05, within: 0.05 }],
];
const noises = ['normal', 'heavy tails'] as const;

/** The tables in docs/statistics.md; they do not depend on the machine. */
export function benchFleetCoverage(trials: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  let seed = 0;
  for (const hosts of [2, 3, 6, 20, 100]) {
    for (const [name, shape] of shapes) {
      for (const noise of noises) {
        seed += 1;
        const missed = 1 - coverageOf({ hosts, noise, ...shape }, trials, seed);
        rows.push({
          name: `${hosts} hosts, ${name}, ${noise}: truth not covered`,
          value: 100 * missed,
          unit: '%',
          atMost: 7.5,
        });
      }
    }
  }
  for (const hosts of [6, 20, 100]) {
    for (const noise of noises) {
      seed += 2;
      const shape = { hosts, noise, samples: 10, between: 0, within: 0.05 };
      rows.push(
        {
          name: `${hosts} equal hosts, ${noise}: any called odd`,
          value: 100 * oddRates(shape, 0, trials, seed).wrong,
          unit: '%',
          atMost: 5,
        },
        {
          name: `${hosts} hosts, ${noise}: one 12 % slower not named`,
          value: 100 * (1 - oddRates(shape, 0.12, trials, seed + 1).found),
          unit: '%',
          atMost: null,
        },
      );
    }
  }
  return Promise.resolve(rows);
}
