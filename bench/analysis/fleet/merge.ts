/** Records of many hosts as one fleet. A function of the records, in whatever order they come. */
import { exitCodes, TareError } from '../../environment/errors.ts';
import {
  fleetVersion,
  type FleetClass,
  type FleetFact,
  type FleetHost,
  type FleetIncident,
  type FleetRecord,
} from '../../record/fleet.ts';
import { figuresOfClass, type ClassHost } from './figures.ts';
import { judgeFleetGates } from './gates.ts';
import type { HostRun } from './host-run.ts';
import { commonFacts, findOddHosts, oddRate } from './odd-hosts.ts';
import { sortStrangers, type Stranger } from './one-scenario.ts';

export interface MergeOptions {
  /** Leaves out what does not belong to the fleet, and says so, instead of refusing. */
  leaveOut: boolean;
  /** What could not be read at all, with the reason. */
  unreadable: readonly Stranger[];
  /** The fleet that `worse-by` gates compare with. */
  reference: FleetRecord | null;
  /** What befell tasks, where a cluster ran them. */
  incidents?: readonly FleetIncident[];
}

const shownStrangers = 20;

/** @throws TareError (exit 2) where a record does not belong to the fleet, or nothing is left */
export function mergeRuns(all: readonly HostRun[], options: MergeOptions): FleetRecord {
  const { once, duplicates } = withoutDuplicates([...all].sort(byPlace));
  const { fitting, strangers } = sortStrangers(once);
  const leftOut = [...options.unreadable, ...strangers].sort((a, b) => compareText(a.file, b.file));
  if (leftOut.length > 0 && !options.leaveOut) throw refusal(leftOut);
  const [first] = fitting;
  if (!first) throw new TareError('there is no record to merge', exitCodes.usage);
  const groups = classesOf(fitting);
  const members = groups.map(({ hosts }) => hosts);
  const runs = members.flat().flatMap((host) => host.runs);
  const places = new Map(runs.map((run, index) => [run, index]));
  const hosts = groups.flatMap(({ hosts: list }, index) => list.map((each) => hostOf(each, index, places)));
  const figures = groups.flatMap((group, index) => figuresOfClass(index, group.hosts, first.baseline));
  const odd = findOddHosts(figures, groups.length);
  const fleet = {
    fleetVersion,
    scenario: first.scenario,
    baseline: first.baseline,
    workload: { name: first.identity.workload, payloadDigest: first.identity.payloadDigest },
    ...span(runs),
    tareVersions: [...new Set(runs.map(({ tareVersion }) => tareVersion))].sort(),
    oddRate,
    runs: members.flat().flatMap((host) => host.runs.map((run) => runOf(run, host.index))),
    hosts,
    classes: groups.map(({ facts, words, hosts: list }, index): FleetClass => {
      const indexes = list.map((host) => host.index);
      const found = odd[index] ?? [];
      return {
        name: className(index),
        words,
        facts,
        hosts: indexes,
        odd: found,
        common: commonFacts(found, indexes, hosts),
      };
    }),
    figures,
    gateRules: gateRulesOf(fitting),
    duplicates,
    leftOut,
  } satisfies Omit<FleetRecord, 'gates'>;
  const { duplicates: twice, leftOut: out, ...head } = fleet;
  return {
    ...head,
    gates: judgeFleetGates(fleet, options.reference),
    ...(options.incidents && { incidents: [...options.incidents] }),
    duplicates: twice,
    leftOut: out,
  };
}

function refusal(strangers: readonly Stranger[]): TareError {
  const lines = strangers.slice(0, shownStrangers).map(({ file, reason }) => `\n  ${file}: ${reason}`);
  const more = strangers.length > shownStrangers ? `\n  and ${strangers.length - shownStrangers} more` : '';
  return new TareError(
    `these records do not belong to one fleet:${lines.join('')}${more}\n` +
      'merge them by themselves, or name them in the report and leave them out with --leave-out',
    exitCodes.usage,
  );
}

function withoutDuplicates(runs: readonly HostRun[]): {
  once: HostRun[];
  duplicates: FleetRecord['duplicates'];
} {
  const first = new Map<string, HostRun>();
  const duplicates: FleetRecord['duplicates'] = [];
  for (const run of runs) {
    const same = first.get(run.digest);
    if (!same) first.set(run.digest, run);
    else if (same.file !== run.file) duplicates.push({ file: run.file, of: same.file });
  }
  return { once: [...first.values()], duplicates };
}

/** By what they say, and not by where they come in the list. */
function byPlace(a: HostRun, b: HostRun): number {
  return (
    compareText(a.hostName, b.hostName) ||
    compareText(a.startedAt, b.startedAt) ||
    compareText(a.id, b.id) ||
    compareText(a.digest, b.digest) ||
    compareText(a.file, b.file)
  );
}

interface Group {
  facts: FleetFact[];
  words: string;
  hosts: ClassHost[];
}

/** The largest first. A host that has changed between its runs is one in each class. */
function classesOf(runs: readonly HostRun[]): Group[] {
  const groups = new Map<string, Map<string, HostRun[]>>();
  for (const run of runs) {
    const key = JSON.stringify(run.classFacts);
    const hosts = groups.get(key) ?? new Map<string, HostRun[]>();
    hosts.set(run.hostName, [...(hosts.get(run.hostName) ?? []), run]);
    groups.set(key, hosts);
  }
  const sorted = [...groups].sort(([a, x], [b, y]) => y.size - x.size || compareText(a, b));
  let next = 0;
  const found = sorted.map(([key, hosts]) => ({
    facts: JSON.parse(key) as FleetFact[],
    hosts: [...hosts].map(([name, list]): ClassHost => ({ index: next++, name, runs: list })),
  }));
  return found.map((group) => ({
    ...group,
    words: wordsOf(
      group.facts,
      found.map(({ facts }) => facts),
    ),
  }));
}

/** The facts in which classes differ; of a single class what its machines are. */
function wordsOf(facts: readonly FleetFact[], all: readonly (readonly FleetFact[])[]): string {
  const valuesOf = (fact: string): Set<string> =>
    new Set(all.map((list) => list.find((each) => each.fact === fact)?.value ?? 'unknown'));
  const telling =
    all.length === 1
      ? facts.filter(({ fact }) => ['CPU model', 'CPUs', 'memory', 'kernel'].includes(fact))
      : facts.filter(({ fact }) => valuesOf(fact).size > 1);
  return telling.map(({ fact, value }) => (fact === 'CPU model' ? value : `${fact} ${value}`)).join(', ');
}

function className(index: number): string {
  const letter = String.fromCharCode(65 + (index % 26));
  return index < 26 ? letter : className(Math.floor(index / 26) - 1) + letter;
}

function hostOf({ name, runs }: ClassHost, index: number, places: ReadonlyMap<HostRun, number>): FleetHost {
  const [first] = runs as [HostRun, ...HostRun[]];
  const skipped = new Map(
    runs.flatMap(({ platforms }) =>
      platforms.flatMap(({ id, skipped: why }) => (why ? [[id, why.reason] as const] : [])),
    ),
  );
  const failures = new Map<string, FleetHost['failures'][number]>();
  for (const failure of runs.flatMap((run) => run.failures)) {
    const key = JSON.stringify(failure);
    failures.set(key, { ...failure, count: (failures.get(key)?.count ?? 0) + 1 });
  }
  return {
    name,
    nameFrom: first.hostNameFrom,
    class: index,
    circumstances: circumstancesOf(runs),
    partial: runs.flatMap((run) => (run.status === 'complete' ? [] : [places.get(run) ?? 0])),
    skipped: [...skipped].map(([platform, reason]) => ({ platform, reason })),
    failures: [...failures.values()],
  };
}

/** A fact that changes between the runs of a host has each of its values. */
function circumstancesOf(runs: readonly HostRun[]): FleetFact[] {
  const found = new Map<string, Set<string>>();
  for (const { fact, value } of runs.flatMap((run) => run.circumstances)) {
    found.set(fact, (found.get(fact) ?? new Set<string>()).add(value));
  }
  return [...found].map(([fact, values]) => ({ fact, value: [...values].sort().join(', ') }));
}

function runOf(run: HostRun, host: number): FleetRecord['runs'][number] {
  const { file, id, startedAt, tareVersion, seed, status } = run;
  const samples = run.results.reduce((sum, { values }) => sum + values.length, 0);
  return { file, id, host, startedAt, tareVersion, seed, status, samples };
}

function span(runs: readonly HostRun[]): Pick<FleetRecord, 'firstAt' | 'lastAt'> {
  const times = runs.map(({ startedAt }) => startedAt).sort();
  return { firstAt: times[0] ?? '', lastAt: times.at(-1) ?? '' };
}

/** Of the runs' scenarios, in the order of the first that has them; what one run filters out another may have. */
function gateRulesOf(runs: readonly HostRun[]): FleetRecord['gateRules'] {
  const rules = new Map<string, FleetRecord['gateRules'][number]>();
  for (const rule of runs.flatMap((run) => run.gateRules)) {
    const { id, metric, lens, platform, over, max, min, worseBy, level } = rule;
    const plain = { id, metric, lens, platform, over, max, min, worseBy, level };
    rules.set(JSON.stringify(plain), plain);
  }
  return [...rules.values()];
}

/** By code points, the same on every machine. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
