/** The figures of a group: each host against itself, then hosts as clusters, one vote each. */
import type { FleetFigure, FleetRecord } from '../../record/fleet.ts';
import type { ChangedFigure, FleetChange, MissingFleetFigure } from '../../record/fleet-comparison.ts';
import { meanOf } from '../../statistics/clusters/cluster-mean.ts';
import { studentInterval, studentMean, studentP } from '../../statistics/student-mean.ts';
import { figureKeyOf, isSameFleetFigure } from '../fleet/host-values.ts';
import type { HostGroup } from './pair-hosts.ts';

/** A change whose test is not yet adjusted for the others. */
export interface MeasuredChange extends Omit<FleetChange, 'test' | 'verdict'> {
  p: number | null;
  /** Without a test: whether it is surely a change, surely none, or nobody can tell. */
  untested: 'changed' | 'same' | 'too-few' | null;
}

export interface MeasuredFigure extends Omit<ChangedFigure, 'change' | 'overBaseline'> {
  change: MeasuredChange;
  overBaseline: MeasuredChange | null;
}

/** A host's figure on both sides. */
interface Pair {
  host: number;
  reference: FleetFigure['hosts'][number];
  fleet: FleetFigure['hosts'][number];
}

/**
 * @param index of the group
 * @param places of its hosts among all that are compared, by their index in the fleet
 * @param isWanted by the filters of the command line
 */
export function changedFigures(
  index: number,
  group: HostGroup,
  places: ReadonlyMap<number, number>,
  [reference, fleet]: readonly [FleetRecord, FleetRecord],
  isWanted: (figure: FleetFigure) => boolean,
): { figures: MeasuredFigure[]; missing: MissingFleetFigure[] } {
  const earlier = new Map(group.hosts.map((host) => [host.fleet, host.reference]));
  const inGroup = new Set(group.hosts.map((host) => host.reference));
  const now = fleet.figures.filter((each) => each.class === group.fleet && isWanted(each));
  const before = reference.figures.filter((each) => each.class === group.reference && isWanted(each));
  const hasRatio = reference.baseline === fleet.baseline;
  const figures: MeasuredFigure[] = [];
  const missing: MissingFleetFigure[] = [];
  const paired = new Set<FleetFigure>();
  for (const each of now) {
    const old = before.find((other) => isSameFleetFigure(other, each));
    const pairs = old ? pairsOf(each, old, earlier, places) : [];
    if (old && pairs.length > 0) {
      paired.add(old);
      figures.push(measured(index, each, pairs, isLogIn(each, old), hasRatio));
    } else if (each.hosts.some(({ host }) => earlier.has(host))) {
      missing.push(missingOf(index, each, before, 'reference'));
    }
  }
  for (const old of before) {
    if (!paired.has(old) && old.hosts.some(({ host }) => inGroup.has(host))) {
      missing.push(missingOf(index, old, now, 'fleet'));
    }
  }
  return { figures, missing: withoutRepeats(missing) };
}

/** Hosts of the group that have the figure in both fleets. */
function pairsOf(
  now: FleetFigure,
  before: FleetFigure,
  earlier: ReadonlyMap<number, number>,
  places: ReadonlyMap<number, number>,
): Pair[] {
  const old = new Map(before.hosts.map((each) => [each.host, each]));
  return now.hosts.flatMap((each) => {
    const reference = old.get(earlier.get(each.host) ?? -1);
    const host = places.get(each.host);
    return reference === undefined || host === undefined ? [] : [{ host, reference, fleet: each }];
  });
}

function isLogIn(...figures: readonly FleetFigure[]): boolean {
  return figures.every(({ value }) => value.spread === 'share');
}

function measured(
  group: number,
  own: FleetFigure,
  pairs: readonly Pair[],
  isLog: boolean,
  hasRatio: boolean,
): MeasuredFigure {
  const isExact = own.isExact === true;
  const scale = isLog ? Math.log : (value: number): number => value;
  const back = isLog ? Math.exp : scale;
  const typical = (side: 'reference' | 'fleet'): number =>
    back(meanOf(pairs.map((pair) => scale(pair[side].median))));
  const ratios = pairs.flatMap(({ reference, fleet }) =>
    hasRatio && reference.ratio !== null && fleet.ratio !== null
      ? [Math.log(fleet.ratio / reference.ratio)]
      : [],
  );
  return {
    group,
    ...figureKeyOf(own),
    accel: own.accel,
    hosts: pairs.map(({ host, reference, fleet }) => ({
      host,
      reference: reference.median,
      fleet: fleet.median,
    })),
    reference: typical('reference'),
    fleet: typical('fleet'),
    change: changeOf(
      pairs.map(({ reference, fleet }) => scale(fleet.median) - scale(reference.median)),
      isLog,
      isExact,
    ),
    // A ratio of two exact figures is as exact as they are.
    overBaseline: ratios.length === 0 ? null : changeOf(ratios, true, isExact),
  };
}

/** @param differences of each host against itself; of logarithms where `isLog` */
function changeOf(differences: readonly number[], isLog: boolean, isExact: boolean): MeasuredChange {
  const back = isLog ? Math.exp : (value: number): number => value;
  const spread = isLog ? 'share' : 'unit';
  const [first = 0] = differences;
  const isAlike = differences.every((each) => each === first);
  const mean = studentMean(differences);
  if (isAlike && (first === 0 || isExact)) {
    const value = back(first);
    return {
      value,
      ciLow: value,
      ciHigh: value,
      spread,
      p: null,
      untested: first === 0 ? 'same' : 'changed',
    };
  }
  if (!mean) {
    return { value: back(first), ciLow: null, ciHigh: null, spread, p: null, untested: 'too-few' };
  }
  const { low, high } = studentInterval(mean);
  return {
    value: back(mean.value),
    ciLow: back(low),
    ciHigh: back(high),
    spread,
    p: studentP(mean, 0),
    untested: null,
  };
}

function missingOf(
  group: number,
  { platform, metric, lens, condition }: FleetFigure,
  there: readonly FleetFigure[],
  missingIn: MissingFleetFigure['missingIn'],
): MissingFleetFigure {
  if (!there.some((each) => each.platform === platform)) {
    return { group, platform, metric: null, condition: {}, missingIn };
  }
  return { group, platform, metric, ...(lens === undefined ? {} : { lens }), condition, missingIn };
}

/** A platform that is missing is so once, however many figures it has. */
function withoutRepeats(missing: readonly MissingFleetFigure[]): MissingFleetFigure[] {
  return [...new Map(missing.map((each) => [JSON.stringify(each), each])).values()];
}
