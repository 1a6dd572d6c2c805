/** The figures of a class: each host's own first, as median and as ratio within the host, then hosts as clusters. */
import type { FleetEstimate, FleetFigure } from '../../record/fleet.ts';
import { simulatedCoverage } from '../../statistics/clusters/coverage.ts';
import { clusterMean, type Cluster } from '../../statistics/clusters/cluster-mean.ts';
import { quantile } from '../../statistics/quantile.ts';
import { replicatesOfMedian } from '../../statistics/clusters/replicates.ts';
import { figureKeyOf, type FigureKey } from './host-values.ts';
import type { HostRun } from './host-run.ts';

/** A host of a class with all its runs. */
export interface ClassHost {
  /** Index in the fleet. */
  index: number;
  name: string;
  runs: readonly HostRun[];
}

/** One figure of one host. */
interface HostFigure extends FigureKey {
  host: number;
  key: string;
  kind: FleetFigure['kind'];
  accel: FleetFigure['accel'];
  n: number;
  cluster: Cluster;
  /** Logarithms where every sample is positive. */
  isLog: boolean;
  isFair: boolean;
}

/** In the order in which the scenario has platforms, and platforms their results. */
export function figuresOfClass(
  classIndex: number,
  hosts: readonly ClassHost[],
  baseline: string | null,
): FleetFigure[] {
  const found = new Map<string, HostFigure[]>();
  const order = new Map<string, HostFigure>();
  for (const host of hosts) {
    for (const figure of figuresOfHost(host)) {
      const at = figureId(figure.platform, figure.key);
      const list = found.get(at) ?? [];
      if (list.length === 0) order.set(at, figure);
      list.push(figure);
      found.set(at, list);
    }
  }
  const bases = (key: string): Map<number, HostFigure> =>
    new Map((found.get(figureId(baseline ?? '', key)) ?? []).map((figure) => [figure.host, figure]));
  return [...order.values()]
    .sort(byPlatformAndKey(hosts))
    .map((figure) =>
      figureOf(
        classIndex,
        found.get(figureId(figure.platform, figure.key)) ?? [],
        figure.platform === baseline ? new Map<number, HostFigure>() : bases(figure.key),
      ),
    );
}

function figureId(platform: string, key: string): string {
  return `${platform}\n${key}`;
}

/** Samples of all runs of a host together: a run that was cut short has less to say. */
function figuresOfHost({ index, name, runs }: ClassHost): HostFigure[] {
  const together = new Map<
    string,
    { first: HostRun['results'][number]; run: HostRun; parts: Float64Array[] }
  >();
  const unfair = new Set(runs.flatMap((run) => run.unfair));
  for (const run of runs) {
    for (const result of run.results) {
      const at = figureId(result.platform, result.key);
      const has = together.get(at);
      if (has) has.parts.push(result.values);
      else together.set(at, { first: result, run, parts: [result.values] });
    }
  }
  return [...together].map(([at, { first, run, parts }]): HostFigure => {
    const values = joined(parts).sort();
    const isLog = (values[0] as number) > 0;
    const platform = run.platforms.find(({ id }) => id === first.platform);
    const scale = isLog ? Math.log : (value: number): number => value;
    return {
      ...figureKeyOf(first),
      key: first.key,
      host: index,
      kind: platform?.kind ?? 'unknown',
      accel: platform?.accel ?? 'unknown',
      n: values.length,
      isLog,
      isFair: !unfair.has(first.platform),
      cluster: {
        // The median itself, not the logarithm of two in the middle.
        estimate: scale(quantile(values, 0.5)),
        replicates: replicatesOfMedian(values, seedOf(`${name}\n${at}`)).map(scale),
      },
    };
  });
}

/** In an array of its own, which may be sorted. */
function joined(parts: readonly Float64Array[]): Float64Array {
  const values = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    values.set(part, at);
    at += part.length;
  }
  return values;
}

function figureOf(
  classIndex: number,
  hosts: readonly HostFigure[],
  bases: ReadonlyMap<number, HostFigure>,
): FleetFigure {
  const [first] = hosts;
  if (!first) throw new Error('a figure without hosts');
  const { platform, key, kind, accel } = first;
  const isLog = hosts.every((each) => each.isLog);
  const seed = seedOf(figureId(platform, key));
  const ratios = hosts.map((each) => ratioOf(each, bases.get(each.host)));
  const known = ratios.flatMap((ratio) => (ratio ? [ratio] : []));
  return {
    class: classIndex,
    ...figureKeyOf(first),
    kind,
    accel,
    hosts: hosts.map((each, index) => {
      const ratio = ratios[index];
      return {
        host: each.host,
        n: each.n,
        median: each.isLog ? Math.exp(each.cluster.estimate) : each.cluster.estimate,
        ratio: ratio ? Math.exp(ratio.estimate) : null,
      };
    }),
    value: estimateOf(hosts.map(isLog ? ({ cluster }) => cluster : plain), isLog, seed),
    ratio: known.length === 0 ? null : estimateOf(known, true, seed + 1),
  };
}

/** Null where the host has no baseline, or a fairness error stands between the two. */
function ratioOf(figure: HostFigure, base: HostFigure | undefined): Cluster | null {
  if (!base || !figure.isFair || !figure.isLog || !base.isLog) return null;
  const length = Math.max(figure.cluster.replicates.length, base.cluster.replicates.length);
  return {
    estimate: figure.cluster.estimate - base.cluster.estimate,
    replicates: Float64Array.from(
      { length },
      (_, index) => cyclic(figure.cluster.replicates, index) - cyclic(base.cluster.replicates, index),
    ),
  };
}

function cyclic(values: ArrayLike<number>, index: number): number {
  return values[index % values.length] as number;
}

/** A host whose samples are all positive beside one whose are not: both in the unit. */
function plain({ cluster, isLog }: HostFigure): Cluster {
  if (!isLog) return cluster;
  return {
    estimate: Math.exp(cluster.estimate),
    replicates: Float64Array.from(cluster.replicates, Math.exp),
  };
}

function estimateOf(clusters: readonly Cluster[], isLog: boolean, seed: number): FleetEstimate {
  const { value, interval, method, between, within } = clusterMean(clusters, seed);
  const back = isLog ? Math.exp : (each: number): number => each;
  return {
    value: back(value),
    ciLow: interval && back(interval.low),
    ciHigh: interval && back(interval.high),
    method,
    coverage: interval && simulatedCoverage(clusters.length),
    between,
    within,
    spread: isLog ? 'share' : 'unit',
  };
}

/** Hosts come by name, so neither the order of records nor that of results on one host decides. */
function byPlatformAndKey(hosts: readonly ClassHost[]): (a: HostFigure, b: HostFigure) => number {
  const platforms = new Map<string, number>();
  const keys = new Map<string, number>();
  for (const run of hosts.flatMap((host) => host.runs)) {
    for (const { id } of run.platforms) if (!platforms.has(id)) platforms.set(id, platforms.size);
    for (const { key } of run.results) if (!keys.has(key)) keys.set(key, keys.size);
  }
  const place = (figure: HostFigure): [number, number] => [
    keys.get(figure.key) ?? 0,
    platforms.get(figure.platform) ?? 0,
  ];
  return (a, b) => {
    const [first, second] = [place(a), place(b)];
    return first[0] - second[0] || first[1] - second[1];
  };
}

/** FNV-1a: the same figure draws the same, wherever it stands. */
function seedOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash;
}
