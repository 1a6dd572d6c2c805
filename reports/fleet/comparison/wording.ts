/** What is said of two fleets, in words that all reports of their comparison share. */
import { counted, digits, figure, range } from '../../../bench/record/figures.ts';
import type { FleetOdd } from '../../../bench/record/fleet.ts';
import type {
  ChangedFigure,
  FleetChange,
  FleetComparison,
  FleetDifference,
  FleetGroup,
  MissingFleetFigure,
} from '../../../bench/record/fleet-comparison.ts';
import { pText } from '../../../bench/record/p-value.ts';
import { directionOf, percent, signed, signedPercent } from '../../change-wording.ts';
import { list } from '../wording.ts';
import { resultName } from '../../wording.ts';

type Unit = ChangedFigure['unit'];

export function headline({ reference, fleet, hosts }: FleetComparison): string {
  return `${fleet.name} against ${reference.name} (the reference): ${counted(hosts.length, 'host')}, each against itself`;
}

/** `8 hosts whose kernel and microcode changed`. */
export function groupTitle({ hosts, changed }: FleetGroup): string {
  const facts = changed.map(({ fact }) => fact);
  const shown = facts.length > mostInTitle ? [...facts.slice(0, mostInTitle - 1), 'more'] : facts;
  return facts.length === 0
    ? `${counted(hosts.length, 'host')} whose class did not change`
    : `${counted(hosts.length, 'host')} whose ${new Intl.ListFormat('en').format(shown)} changed`;
}

const mostInTitle = 3;

/** What changed on the hosts of a group besides their figures. */
export function changesOf({ reference, fleet, changed, beside, hosts, words }: FleetGroup): string[] {
  return [
    `class ${reference} in the reference, class ${fleet} in the fleet (${words})`,
    ...changed.map((each) => `${each.fact}: ${each.reference} then, ${each.fleet} now`),
    ...beside.map(
      (each) =>
        `${each.fact}: ${each.reference} then, ${each.fleet} now, on ${each.hosts} of ${hosts.length}`,
    ),
  ];
}

/** What must be known before any figure. */
export function notices(comparison: FleetComparison): string[] {
  const { groups, unpaired, differences, forced } = comparison;
  const same = groups.filter(({ changed }) => changed.length === 0);
  return [
    ...differences.map((each) => differenceText(each, forced)),
    ...(groups.length > 1 ? ['Hosts whose class changed in another way are a group of their own.'] : []),
    same.length === 0
      ? 'The class of every host changed, so the effect of that cannot be told from what else happened between the two measurements. Hosts that stay as they are would show it.'
      : same.length < groups.length
        ? 'Hosts of a class in which nothing changed show what time alone brought.'
        : 'Nothing that makes a class changed on any host.',
    ...unpairedTexts(unpaired),
  ];
}

function differenceText({ level, what, reference, fleet }: FleetDifference, forced: boolean): string {
  const text = `${what}: ${reference} in the reference, ${fleet} in the fleet`;
  return level === 'obstacle' && forced ? `NOT COMPARABLE, compared by --force: ${text}` : text;
}

function unpairedTexts(unpaired: FleetComparison['unpaired']): string[] {
  const byReason = new Map<string, string[]>();
  for (const { host, reason } of unpaired) byReason.set(reason, [...(byReason.get(reason) ?? []), host]);
  return [...byReason].map(
    ([reason, names]) => `Not compared: ${counted(names.length, 'host')} ${reason}: ${list(names)}.`,
  );
}

export function missingTexts({ missing, reference, fleet }: FleetComparison, group: number): string[] {
  const texts = missing
    .filter((each) => each.group === group)
    .map((each) => `${nameOf(each)} (in ${each.missingIn === 'reference' ? reference.name : fleet.name})`);
  return texts.length === 0 ? [] : [`Missing on one side: ${list(texts)}.`];
}

function nameOf({ platform, metric, lens, condition }: MissingFleetFigure): string {
  return metric === null ? platform : `${platform}: ${resultName({ metric, lens, condition })}`;
}

/** Nobody may take "one host cannot tell" for "no change". */
export function countsText(changes: readonly FleetChange[]): string {
  const counts: [string, FleetChange['verdict'][]][] = [
    ['changed', ['worse', 'better']],
    ['may have changed', ['hint']],
    ['without a change seen', ['none-seen']],
    ['the same', ['same']],
    ['of one host, which cannot tell', ['too-few']],
  ];
  const parts = counts.flatMap(([words, verdicts]) => {
    const count = changes.filter(({ verdict }) => verdicts.includes(verdict)).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return `${counted(changes.length, 'figure')}: ${parts.join(', ')}.`;
}

/** How the tables are to be read. */
export function legend({ alpha, families, oddRate }: FleetComparison): string {
  return (
    'Reference, fleet and change are of the typical host: each host is compared with itself and counts once. ' +
    `95 %: Student’s t over hosts. p: adjusted (Holm) for ${counted(families.change, 'test')} of figures` +
    `${families.overBaseline > 0 ? ` and ${families.overBaseline} of ratios to the baseline` : ''}; a change is told below ${alpha}. ` +
    `An odd host changed in another way than the others of its group, as in at most ${percent(oddRate)} of fleets whose hosts change alike.`
  );
}

/** `runc: startup.ready is 4.1 % slower on 12 hosts (2.22 s, was 2.13 s), 95 % interval +3.0 to +5.2 %.` */
export function figureSentence(changed: ChangedFigure): string {
  const { platform, hosts, reference, fleet, unit, change } = changed;
  const on = counted(hosts.length, 'host');
  const now = `${figure(fleet, unit)}, was ${figure(reference, unit)}`;
  return `${platform}: ${resultName(changed)} ${claim(change, unit, directionOf(changed, isMore(change)))} on ${on} (${now})${rest(change, unit)}.`;
}

/** The same of the ratio to the baseline platform, which does not depend on how fast the hosts are. */
export function ratioSentence(changed: ChangedFigure, change: FleetChange, baseline: string | null): string {
  const name = `${changed.platform}: ${resultName(changed)} over ${baseline ?? 'the baseline'}`;
  return `${name} ${claim(change, 'ratio', isMore(change) ? 'higher' : 'lower')}${rest(change, 'ratio')}.`;
}

function claim(change: FleetChange, unit: Unit, direction: string): string {
  switch (change.verdict) {
    case 'better':
    case 'worse':
      return `is ${amount(change, unit)} ${direction}`;
    case 'hint':
      return `may be ${amount(change, unit)} ${direction}`;
    case 'none-seen':
      return 'shows no change';
    case 'same':
      return 'is the same';
    case 'too-few':
      return `changed by ${changeText(change, unit)}`;
  }
}

function rest(change: FleetChange, unit: Unit): string {
  if (change.verdict === 'too-few') return '; one host cannot tell';
  if (change.test === null) return change.verdict === 'same' ? '' : ' on every host';
  const interval = `95 % interval ${changeInterval(change, unit)}`;
  if (change.verdict === 'none-seen') return `; ${changeInterval(change, unit)} remains possible`;
  return change.verdict === 'hint'
    ? `, ${interval}; among so many figures chance alone often brings that much`
    : `, ${interval}`;
}

/** `slower`, `maybe larger`, `none seen`: the verdict for a cell. */
export function verdictText(changed: ChangedFigure): string {
  const { change } = changed;
  const direction = directionOf(changed, isMore(change));
  switch (change.verdict) {
    case 'better':
    case 'worse':
      return direction;
    case 'hint':
      return `maybe ${direction}`;
    case 'none-seen':
      return 'none seen';
    case 'same':
      return 'same';
    case 'too-few':
      return 'one host';
  }
}

/** `+4.1 %`, `4.20×` where it has become a multiple, or the difference in its unit where there is no ratio. */
export function changeText(change: FleetChange, unit: Unit): string {
  if (change.spread === 'unit') return signed(figure(change.value, unit), change.value);
  return isMultiple(change) ? figure(change.value, 'ratio') : signedPercent(change.value - 1);
}

/** `+3.0 to +5.2 %`, `exact`, or a dash where one host has none. */
export function changeInterval(change: FleetChange, unit: Unit): string {
  const { ciLow, ciHigh, spread, test } = change;
  if (ciLow === null || ciHigh === null) return '–';
  if (test === null) return 'on every host';
  if (spread === 'unit') return range(ciLow, ciHigh, unit);
  if (isMultiple(change)) return range(ciLow, ciHigh, 'ratio');
  return `${signedPercent(ciLow - 1).replace(/\u00a0%$/, '')} to ${signedPercent(ciHigh - 1)}`;
}

/** `node7: startup.ready on runc changed by 18 % more than on the typical host (p < 0.001)`. */
export function oddText(odd: FleetOdd, { hosts }: FleetComparison): string {
  const where = odd.platform === null ? 'all platforms' : odd.platform;
  const way = odd.ratio > 1 ? 'higher' : 'lower';
  return `${hosts[odd.host] ?? ''}: the change of ${resultName(odd)} on ${where} is ${percent(Math.abs(odd.ratio - 1))} ${way} than on the typical host of its group (${pText(odd.p)})`;
}

/** Beyond three times, percent are hard to read. */
function isMultiple({ value }: FleetChange): boolean {
  return value >= 3;
}

function isMore({ value, spread }: FleetChange): boolean {
  return value > (spread === 'share' ? 1 : 0);
}

function amount(change: FleetChange, unit: Unit): string {
  return amountOf(Math.abs(change.spread === 'share' ? change.value - 1 : change.value), change, unit);
}

function amountOf(value: number, { spread }: FleetChange, unit: Unit): string {
  if (spread === 'unit') return figure(value, unit);
  return value >= 2 ? `${digits(100 * value)} %` : percent(value);
}
