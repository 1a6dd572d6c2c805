/** A fleet against a reference fleet: every host against itself. A function of the two records. */
import { metricOf } from '../../../scenarios/measures/measures.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';
import {
  fleetComparisonVersion,
  type ChangedFigure,
  type ComparedFleet,
  type FleetChange,
  type FleetComparison,
  type FleetDifference,
  type FleetGroup,
} from '../../record/fleet-comparison.ts';
import type { FleetFigure, FleetOdd, FleetRecord } from '../../record/fleet.ts';
import { holm } from '../../statistics/holm.ts';
import { alpha } from '../compare-runs/judge.ts';
import type { ComparisonFilter } from '../compare-runs/pair-results.ts';
import { findOddHosts, oddRate, type HostFigures } from '../fleet/odd-hosts.ts';
import { changedFigures, type MeasuredChange, type MeasuredFigure } from './changed-figures.ts';
import { changedBeside, changedFacts, pairHosts, type HostGroup } from './pair-hosts.ts';

/** A fleet with the name that it has on the command line. */
export interface NamedFleet {
  name: string;
  record: FleetRecord;
}

/** @throws TareError (exit 2) where the fleets cannot be compared, or have no host or no figure in common */
export function compareFleets(
  reference: NamedFleet,
  fleet: NamedFleet,
  filter: ComparisonFilter & { force: boolean },
): FleetComparison {
  refuseItself(reference, fleet);
  const differences = differencesBetween(reference.record, fleet.record);
  const obstacles = differences.filter(({ level }) => level === 'obstacle');
  if (obstacles.length > 0 && !filter.force) throw obstacleError(reference, fleet, obstacles);
  const { groups, unpaired } = pairHosts(reference.record, fleet.record);
  if (groups.length === 0) throw noHostInCommon(reference, fleet);
  const hosts = groups.flatMap((group) => group.hosts);
  const places = new Map(hosts.map((host, index) => [host.fleet, index]));
  const both = [reference.record, fleet.record] as const;
  const found = groups.map((group, index) =>
    changedFigures(index, group, places, both, (figure) => isWanted(figure, filter)),
  );
  const measured = found.flatMap(({ figures }) => figures);
  if (measured.length === 0) throw noFigureInCommon(reference, fleet);
  const odd = findOddHosts(measured.map(asFigureOfChanges), groups.length);
  return {
    fleetComparisonVersion,
    forced: filter.force && obstacles.length > 0,
    alpha,
    families: { change: testsOf(measured, 'change'), overBaseline: testsOf(measured, 'overBaseline') },
    oddRate,
    reference: describe(reference),
    fleet: describe(fleet),
    differences,
    hosts: hosts.map(({ name }) => name),
    groups: groups.map((group, index) => groupOf(group, both, places, odd[index] ?? [])),
    figures: judged(measured),
    unpaired,
    missing: found.flatMap(({ missing }) => missing),
  };
}

function isWanted(
  { platform, metric, lens }: FleetFigure,
  { platforms, measures }: ComparisonFilter,
): boolean {
  if (platforms.length > 0 && !platforms.includes(platform)) return false;
  return measures.length === 0 || measures.includes(metricOf(metric, lens)?.measure ?? '');
}

function groupOf(
  group: HostGroup,
  [reference, fleet]: readonly [FleetRecord, FleetRecord],
  places: ReadonlyMap<number, number>,
  odd: readonly FleetOdd[],
): FleetGroup {
  return {
    reference: reference.classes[group.reference]?.name ?? '',
    fleet: fleet.classes[group.fleet]?.name ?? '',
    words: fleet.classes[group.fleet]?.words ?? '',
    hosts: group.hosts.map((host) => places.get(host.fleet) ?? 0),
    changed: changedFacts(group, reference, fleet),
    beside: changedBeside(group, reference, fleet),
    odd: [...odd],
  };
}

/** Changes have one value a host as figures have, and odd ones are found in the same way. */
function asFigureOfChanges({ group, hosts, change, ...figure }: MeasuredFigure): HostFigures {
  return {
    ...figure,
    class: group,
    value: { spread: change.spread },
    hosts: hosts.map(({ host, reference, fleet }) => ({ host, median: fleet / reference })),
  };
}

/** The changes of one family: those of all figures, or of all ratios. */
type Family = 'change' | 'overBaseline';

function testsOf(figures: readonly MeasuredFigure[], family: Family): number {
  return figures.filter((figure) => typeof figure[family]?.p === 'number').length;
}

/** All figures of all groups are one family: who compares more has more chances of a false alarm. */
function judged(figures: readonly MeasuredFigure[]): ChangedFigure[] {
  const change = judgedFamily(figures, 'change');
  const overBaseline = judgedFamily(figures, 'overBaseline');
  return figures.flatMap((figure, index) => {
    const own = change[index];
    return own ? [{ ...figure, change: own, overBaseline: overBaseline[index] ?? null }] : [];
  });
}

function judgedFamily(figures: readonly MeasuredFigure[], family: Family): (FleetChange | null)[] {
  const adjusted = holm(figures.flatMap((figure) => figure[family]?.p ?? []));
  return figures.map((figure) => {
    const measured = figure[family];
    if (measured === null) return null;
    const { value, ciLow, ciHigh, spread, p } = measured;
    const test = p === null ? null : { p, pAdjusted: adjusted.shift() ?? 1 };
    return { value, ciLow, ciHigh, spread, test, verdict: verdictOf(measured, test, figure.better) };
  });
}

function verdictOf(
  { value, spread, untested }: MeasuredChange,
  test: FleetChange['test'],
  better: FleetFigure['better'],
): FleetChange['verdict'] {
  const isMore = value > (spread === 'share' ? 1 : 0);
  const direction = isMore === (better === 'higher') ? 'better' : 'worse';
  if (untested !== null) return untested === 'changed' ? direction : untested;
  if (test && test.pAdjusted < alpha) return direction;
  return test && test.p < alpha ? 'hint' : 'none-seen';
}

function differencesBetween(reference: FleetRecord, fleet: FleetRecord): FleetDifference[] {
  const facts: [FleetDifference['level'], string, (record: FleetRecord) => string][] = [
    ['obstacle', 'workload', ({ workload }) => workload.name],
    ['obstacle', 'payload digest', ({ workload }) => workload.payloadDigest],
    ['note', 'scenario', ({ scenario }) => scenario],
    ['note', 'baseline', ({ baseline }) => baseline ?? 'none'],
    ['note', 'version of tare', ({ tareVersions }) => tareVersions.join(', ')],
  ];
  return facts.flatMap(([level, what, read]) => {
    const [before, now] = [read(reference), read(fleet)];
    return before === now ? [] : [{ level, what, reference: before, fleet: now }];
  });
}

function describe({ name, record }: NamedFleet): ComparedFleet {
  const { scenario, baseline, workload, firstAt, lastAt, tareVersions, hosts, runs } = record;
  const names = new Set(hosts.map((host) => host.name));
  return {
    ...{ name, scenario, baseline, workload, firstAt, lastAt, tareVersions },
    hosts: names.size,
    runs: runs.length,
  };
}

/** A comparison of a fleet with itself would look like a change without effect. */
function refuseItself(reference: NamedFleet, fleet: NamedFleet): void {
  const runsOf = ({ record }: NamedFleet): string =>
    JSON.stringify(
      record.runs.map(({ id, host, startedAt }) => [record.hosts[host]?.name, id, startedAt]).sort(),
    );
  if (runsOf(reference) !== runsOf(fleet)) return;
  throw new TareError(
    `${fleet.name} holds the same runs as the reference ${reference.name}: name two different fleets`,
    exitCodes.usage,
  );
}

function obstacleError(
  reference: NamedFleet,
  fleet: NamedFleet,
  obstacles: readonly FleetDifference[],
): TareError {
  const lines = obstacles.map(
    ({ what, ...each }) => `\n  ${what}: ${each.reference} in the reference, ${each.fleet} in the fleet`,
  );
  return new TareError(
    `${fleet.name} cannot be compared with ${reference.name}:${lines.join('')}\n` +
      'compare fleets of one payload, or compare anyway with --force',
    exitCodes.usage,
  );
}

const shownHosts = 5;

function noHostInCommon(reference: NamedFleet, fleet: NamedFleet): TareError {
  const lines = [reference, fleet].map(({ name, record }) => {
    const names = [...new Set(record.hosts.map((host) => host.name))];
    const more = names.length > shownHosts ? ` and ${names.length - shownHosts} more` : '';
    return `\n  ${name}: ${names.slice(0, shownHosts).join(', ')}${more}`;
  });
  return new TareError(
    `no host can be compared with itself:${lines.join('')}\n` +
      'hosts are paired by their name (TARE_HOST_NAME), and a host must be of one class in each fleet; ' +
      'gates with `worse-by` also compare classes of different hosts: tare fleet merge --against',
    exitCodes.usage,
  );
}

function noFigureInCommon(reference: NamedFleet, fleet: NamedFleet): TareError {
  return new TareError(
    `the hosts of ${fleet.name} and ${reference.name} have no figure in common`,
    exitCodes.usage,
  );
}
