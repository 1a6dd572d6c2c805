/**
 * Hosts that do not behave like the others of their class, and what they have in common. Each figure is looked at on all
 * platforms together, where a slow machine shows, and on each platform by itself, where a broken runtime does.
 */
import type { FleetCommon, FleetFigure, FleetHost, FleetOdd } from '../../record/fleet.ts';
import { ascending, quantile } from '../../statistics/quantile.ts';
import { fewestForOdd, oddP, oddValues, type OwnScatter } from '../../statistics/odd-values.ts';

/** Share of fleets of equal hosts in which any host is called odd, at most; docs/statistics.md has the simulation. */
export const oddRate = 0.05;
/** A smaller deviation is of no use to anybody, however sure it is. */
const leastDeviation = 0.01;

/** A figure as far as odd hosts are looked for in it. */
export interface HostFigures extends Pick<
  FleetFigure,
  'class' | 'platform' | 'metric' | 'lens' | 'condition' | 'better' | 'isExact'
> {
  hosts: readonly (Pick<FleetFigure['hosts'][number], 'host' | 'median'> & { n?: number })[];
  /** `within` and each host's `n` where what samples leave open is known. */
  value: Pick<FleetFigure['value'], 'spread'> & { within?: number };
}

type Series = Pick<FleetFigure, 'metric' | 'lens' | 'condition' | 'better'> & {
  platform: string | null;
  hosts: number[];
  /** Logarithms, less what is typical of the class. */
  deviations: number[];
  own: OwnScatter | null;
};

/** @returns what is odd in each class, by its index */
export function findOddHosts(figures: readonly HostFigures[], classes: number): FleetOdd[][] {
  const all = Array.from({ length: classes }, (_, index) =>
    seriesOf(figures.filter((figure) => figure.class === index)),
  );
  // One family over the whole fleet: who looks at more has more chances of a false alarm.
  const family = Math.max(1, all.flat().filter(({ hosts }) => hosts.length >= fewestForOdd).length);
  return all.map((series) => withoutEchoes(series.flatMap((each) => oddOf(each, family))));
}

/** What the odd hosts of a class have in common and most others lack. */
export function commonFacts(
  odd: readonly FleetOdd[],
  members: readonly number[],
  hosts: readonly FleetHost[],
): FleetCommon[] {
  const named = new Set(odd.map(({ host }) => host));
  const [first] = named;
  if (first === undefined) return [];
  return (hosts[first]?.circumstances ?? []).flatMap(({ fact, value }) => {
    const having = members.filter((index) =>
      hosts[index]?.circumstances.some((each) => each.fact === fact && each.value === value),
    );
    const others = having.filter((index) => !named.has(index)).length;
    const isShared = [...named].every((index) => having.includes(index));
    const isRare = others < (members.length - named.size) / 5;
    return value !== 'unknown' && isShared && isRare ? [{ fact, value, odd: named.size, others }] : [];
  });
}

function seriesOf(figures: readonly HostFigures[]): Series[] {
  const judged = figures.filter(
    ({ isExact, hosts, value }) =>
      isExact !== true && value.spread === 'share' && hosts.length >= fewestForOdd,
  );
  const groups = new Map<string, HostFigures[]>();
  for (const figure of judged) {
    const key = JSON.stringify([figure.metric, figure.lens ?? '', figure.condition]);
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  return [...groups.values()].flatMap((group) => {
    const own = group.map(deviationsOf);
    return own.length < 2 ? own : [together(own), ...own];
  });
}

function deviationsOf(figure: HostFigures): Series {
  const { metric, lens, condition, better, platform, hosts } = figure;
  const logs = hosts.map(({ median }) => Math.log(median));
  const centre = quantile(ascending(logs), 0.5);
  return {
    metric,
    ...(lens === undefined ? {} : { lens }),
    condition,
    better,
    platform,
    hosts: hosts.map(({ host }) => host),
    deviations: logs.map((value) => value - centre),
    own: ownScatter(figure),
  };
}

/** With fewer samples than an interval needs, a host says too little of its own scatter. */
const fewestSamples = 6;

function ownScatter({ hosts, value }: HostFigures): OwnScatter | null {
  const counts = hosts.map(({ n = 0 }) => n);
  if (value.within === undefined || counts.some((n) => n < fewestSamples)) return null;
  return { sd: value.within, freedom: counts.reduce((sum, n) => sum + n - 1, 0) };
}

/** Of a median over platforms as of one of them: what disturbs a host disturbs all that it runs at that time. */
function jointScatter(own: readonly Series[]): OwnScatter | null {
  const known = own.flatMap(({ own: each }) => (each ? [each] : []));
  if (known.length < own.length) return null;
  const variance = known.reduce((sum, { sd }) => sum + sd ** 2, 0) / known.length;
  return { sd: Math.sqrt(variance), freedom: Math.min(...known.map(({ freedom }) => freedom)) };
}

/** Of hosts that have every platform. */
function together(own: readonly Series[]): Series {
  const [first] = own as [Series, ...Series[]];
  const found = new Map<number, number[]>();
  for (const { hosts, deviations } of own) {
    hosts.forEach((host, index) => {
      found.set(host, [...(found.get(host) ?? []), deviations[index] as number]);
    });
  }
  const whole = [...found].filter(([, values]) => values.length === own.length);
  return {
    ...first,
    platform: null,
    hosts: whole.map(([host]) => host),
    deviations: whole.map(([, values]) => quantile(ascending(values), 0.5)),
    own: jointScatter(own),
  };
}

function oddOf({ hosts, deviations, own, better, ...figure }: Series, family: number): FleetOdd[] {
  const centre = quantile(deviations.length === 0 ? [0] : ascending(deviations), 0.5);
  return oddValues(deviations, own).flatMap((each) => {
    const { index } = each;
    const pAdjusted = oddP(each, family);
    const deviation = (deviations[index] as number) - centre;
    if (pAdjusted === null || Math.abs(deviation) < leastDeviation) return [];
    const { metric, lens, condition, platform } = figure;
    return [
      {
        host: hosts[index] as number,
        metric,
        ...(lens === undefined ? {} : { lens }),
        condition,
        platform,
        ratio: Math.exp(deviation),
        direction: deviation > 0 === (better === 'lower') ? ('worse' as const) : ('better' as const),
        p: pAdjusted,
      },
    ];
  });
}

/** What a host is on all platforms needs not be said of each. */
function withoutEchoes(found: readonly FleetOdd[]): FleetOdd[] {
  const key = ({ host, metric, lens, condition }: FleetOdd): string =>
    JSON.stringify([host, metric, lens ?? '', condition]);
  const onAll = new Map(found.filter(({ platform }) => platform === null).map((each) => [key(each), each]));
  return found
    .filter((each) => {
      const all = onAll.get(key(each));
      if (!all || each === all) return true;
      // Twice as far as on all platforms is a matter of its own.
      return Math.abs(Math.log(each.ratio)) > 2 * Math.abs(Math.log(all.ratio));
    })
    .sort((a, b) => Math.abs(Math.log(b.ratio)) - Math.abs(Math.log(a.ratio)) || a.host - b.host);
}
