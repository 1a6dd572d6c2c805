/** What a fleet costs: simulated records merged and reported, at three sizes. The program is run as built. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ascending, quantile } from '../../bench/statistics/quantile.ts';
import { hostName, makeFleetRecords } from '../fixtures/fleet/make-fleet.ts';
import { processShape } from '../fixtures/records/make-record.ts';
import { changeCoverageOf, coverageOf, oddRates, type FleetShape } from '../support/fleet/cluster-trials.ts';
import { startSlurm } from '../support/fleet/slurm-cluster.ts';
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

/** What following a job costs beside the run itself: a run of one node by Slurm, and the same run without it. */
export async function benchFleetOverhead(rounds: number): Promise<BenchRow[]> {
  const cluster = await startSlurm({ n1: { feature: 'any' } });
  const plain = await makeSandbox();
  const box = { ...plain, env: { ...plain.env, ...cluster.env } };
  const asked = ['tiny', '--platform', 'process', '--measure', 'startup', '--samples', '4'];
  try {
    // Builds the payload, if it is not there.
    await runBuilt(box, ['run', ...asked, '--out', 'first']);
    const differences: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const alone = await runBuilt(box, ['run', ...asked, '--out', `run-${round}`]);
      const fleet = await runBuilt(box, [
        ...['fleet', 'run', ...asked, '--nodes', '1'],
        ...['--out', `fleet-${round}`],
      ]);
      differences.push(fleet.durationMs - alone.durationMs);
    }
    return [
      {
        name: 'tare fleet run on one node less tare run, median',
        value: quantile(ascending(differences), 0.5),
        unit: 'ms',
        atMost: 5000,
      },
    ];
  } finally {
    await cluster.stop();
    await box.remove();
  }
}

type Scatter = Omit<FleetShape, 'hosts' | 'noise'>;

const shapes: readonly [name: string, Scatter][] = [
  ['equal hosts, CV 5 %, 10 samples', { samples: 10, between: 0, within: 0.05 }],
  ['hosts 2 %, CV 10 %, 10 samples', { samples: 10, between: 0.02, within: 0.1 }],
  ['hosts 5 %, CV 5 %, 10 samples', { samples: 10, between: 0.05, within: 0.05 }],
  ['hosts 5 %, CV 5 %, 100 samples', { samples: 100, between: 0.05, within: 0.05 }],
];
const noises = ['normal', 'heavy tails'] as const;
const usual: Scatter = { samples: 10, between: 0.05, within: 0.05 };
const equal: Scatter = { samples: 10, between: 0, within: 0.05 };
/** Each of so many may name one in so many of the fleets in which one figure may. */
const figuresOfMany = 20;
/** A fleet of a hundred costs as much as all others together. */
const large = 100;

/** The tables in docs/statistics.md; they do not depend on the machine. */
export function benchFleetCoverage(trials: number): Promise<BenchRow[]> {
  const rows: BenchRow[] = [];
  let seed = 0;
  const row = (name: string, share: number, atMost: number | null): void => {
    rows.push({ name, value: 100 * share, unit: '%', atMost });
  };
  const each = (
    sizes: readonly number[],
    trial: (hosts: number, noise: (typeof noises)[number], count: number, seed: number) => void,
  ): void => {
    for (const hosts of sizes) {
      for (const noise of noises) trial(hosts, noise, hosts < large ? trials : trials / 5, (seed += 2));
    }
  };
  for (const [name, shape] of shapes) {
    each([2, 3, 6, 20, large], (hosts, noise, count, from) => {
      const missed = 1 - coverageOf({ hosts, noise, ...shape }, count, from);
      row(`${hosts} hosts, ${name}, ${noise}: truth not covered`, missed, 7.5);
    });
  }
  each([2, 3, 6, 20, large], (hosts, noise, count, from) => {
    const missed = 1 - changeCoverageOf({ hosts, noise, ...usual }, 0.03, count, from);
    row(`${hosts} hosts before and after, ${noise}: change not covered`, missed, 7.5);
  });
  each([6, 10, 20, large], (hosts, noise, count, from) => {
    const shape = { hosts, noise, ...equal };
    row(`${hosts} equal hosts, ${noise}: any called odd`, oddRates(shape, 0, count, from).wrong, 5);
    const { found } = oddRates(shape, 0.12, count, from + 1);
    row(`${hosts} hosts, ${noise}: one 12 % slower not named`, 1 - found, 10);
    const one = oddRates(shape, 0, count, from + 2, figuresOfMany).wrong;
    row(`${hosts} equal hosts, ${noise}: any called odd in one of ${figuresOfMany} figures`, one, 1);
    for (const between of [0.01, 0.02, 0.05]) {
      const { wrong } = oddRates({ ...shape, between }, 0, count, from + 3);
      row(`${hosts} hosts that differ by ${100 * between} %, ${noise}: any called odd`, wrong, null);
    }
  });
  return Promise.resolve(rows);
}
