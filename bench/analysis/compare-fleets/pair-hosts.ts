/** Hosts that are in both fleets, in groups: of one class before, and of one class now. A class is never pooled with others. */
import type { FleetFact, FleetRecord } from '../../record/fleet.ts';
import type { FleetComparison, FleetGroup } from '../../record/fleet-comparison.ts';

/** A host of both fleets, by its index in each. */
export interface PairedHost {
  name: string;
  reference: number;
  fleet: number;
}

export interface HostGroup {
  /** Index of the class in each fleet. */
  reference: number;
  fleet: number;
  hosts: PairedHost[];
}

/** The largest group first; of equal ones by their classes. */
export function pairHosts(
  reference: FleetRecord,
  fleet: FleetRecord,
): { groups: HostGroup[]; unpaired: FleetComparison['unpaired'] } {
  const before = placesOf(reference);
  const now = placesOf(fleet);
  const groups = new Map<string, HostGroup>();
  const unpaired: FleetComparison['unpaired'] = [];
  for (const name of [...new Set([...before.keys(), ...now.keys()])].sort()) {
    const old = before.get(name) ?? [];
    const own = now.get(name) ?? [];
    const reason = whyUnpaired(old.length, own.length);
    if (reason !== null) {
      unpaired.push({ host: name, reason });
      continue;
    }
    const [from = 0] = old;
    const [to = 0] = own;
    const classes = {
      reference: reference.hosts[from]?.class ?? 0,
      fleet: fleet.hosts[to]?.class ?? 0,
    };
    const key = `${classes.reference} ${classes.fleet}`;
    const group = groups.get(key) ?? { ...classes, hosts: [] };
    group.hosts.push({ name, reference: from, fleet: to });
    groups.set(key, group);
  }
  return {
    groups: [...groups.values()].sort(
      (a, b) => b.hosts.length - a.hosts.length || a.fleet - b.fleet || a.reference - b.reference,
    ),
    unpaired,
  };
}

/** A host that changed between its runs stands once in each of its classes. */
function placesOf({ hosts }: FleetRecord): Map<string, number[]> {
  const places = new Map<string, number[]>();
  hosts.forEach(({ name }, index) => {
    places.set(name, [...(places.get(name) ?? []), index]);
  });
  return places;
}

function whyUnpaired(before: number, now: number): string | null {
  if (before === 0) return 'not in the reference';
  if (now === 0) return 'in the reference only';
  if (before > 1) return `in ${before} classes of the reference, so nobody knows which one to compare with`;
  return now > 1 ? `in ${now} classes of the fleet, so nobody knows which one to compare` : null;
}

/** What of the class is not what it was. */
export function changedFacts(
  group: HostGroup,
  reference: FleetRecord,
  fleet: FleetRecord,
): FleetGroup['changed'] {
  return changes(reference.classes[group.reference]?.facts ?? [], fleet.classes[group.fleet]?.facts ?? []);
}

/** What changed beside the class, each change with the number of hosts that have it. */
export function changedBeside(
  { hosts }: HostGroup,
  reference: FleetRecord,
  fleet: FleetRecord,
): FleetGroup['beside'] {
  const counts = new Map<string, FleetGroup['beside'][number]>();
  for (const host of hosts) {
    const before = reference.hosts[host.reference]?.circumstances ?? [];
    for (const change of changes(before, fleet.hosts[host.fleet]?.circumstances ?? [])) {
      const key = JSON.stringify(change);
      counts.set(key, { ...change, hosts: (counts.get(key)?.hosts ?? 0) + 1 });
    }
  }
  return [...counts.values()].sort((a, b) => b.hosts - a.hosts || (a.fact < b.fact ? -1 : 1));
}

/** A fact that one side does not know has not changed. */
function changes(before: readonly FleetFact[], now: readonly FleetFact[]): FleetGroup['changed'] {
  const facts = [...new Set([...before, ...now].map(({ fact }) => fact))];
  return facts.flatMap((fact) => {
    const [from, to] = [before, now].map(
      (list) => list.find((each) => each.fact === fact)?.value ?? 'unknown',
    ) as [string, string];
    return from === to || from === 'unknown' || to === 'unknown'
      ? []
      : [{ fact, reference: from, fleet: to }];
  });
}
