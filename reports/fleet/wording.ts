/** What is said of a fleet, in words that all its reports share. */
import { counted, figure, range } from '../../bench/record/figures.ts';
import type {
  FleetClass,
  FleetCommon,
  FleetEstimate,
  FleetFigure,
  FleetIncident,
  FleetOdd,
  FleetRecord,
} from '../../bench/record/fleet.ts';
import { pText } from '../../bench/record/p-value.ts';
import { directionOf, percent, signedPercent } from '../change-wording.ts';
import { resultName } from '../wording.ts';

/** As in bench/statistics/clusters/cluster-mean.ts. */
const fewestForBootstrap = 6;

export function headline({ scenario, hosts, classes, runs }: FleetRecord): string {
  const names = new Set(hosts.map(({ name }) => name)).size;
  const of = classes.length === 1 ? 'one class' : `${classes.length} classes`;
  return `${scenario} on ${counted(names, 'host')} of ${of}, ${counted(runs.length, 'run')}`;
}

/** `class A: 12 hosts: kernel 6.1.0-28-amd64`. */
export function classTitle({ name, words, hosts }: FleetClass): string {
  return `class ${name}: ${counted(hosts.length, 'host')}: ${words}`;
}

/** What must be known before any figure. */
export function notices(fleet: FleetRecord): string[] {
  const { hosts, runs, classes } = fleet;
  const fromFolders = hosts.filter(({ nameFrom }) => nameFrom === 'folder').length;
  const small = classes.filter((each) => each.hosts.length < fewestForBootstrap);
  return [
    ...(classes.length > 1
      ? ['Hosts of different classes are never pooled: compare classes side by side, not their sum.']
      : []),
    ...(small.length > 0 ? [smallText(small)] : []),
    ...(fleet.incidents ?? []).map((incident) => `${incidentText(incident)}.`),
    ...partialTexts(fleet),
    ...fleet.leftOut.map(({ file, reason }) => `Left out: ${file}: ${reason}.`),
    ...(fleet.duplicates.length > 0
      ? [
          `${counted(fleet.duplicates.length, 'record')} found twice and counted once: ${list(fleet.duplicates.map(({ file }) => file))}.`,
        ]
      : []),
    ...(fromFolders > 0
      ? [`${counted(fromFolders, 'host')} named after a folder, since the record does not name the machine.`]
      : []),
    ...(fleet.tareVersions.length > 1
      ? [`Measured by different versions of Tare: ${fleet.tareVersions.join(', ')}.`]
      : []),
    ...failureTexts(fleet),
    ...skippedTexts(fleet),
    ...(runs.some(({ samples }) => samples === 0)
      ? [`No samples in ${list(runs.filter(({ samples }) => samples === 0).map(({ file }) => file))}.`]
      : []),
  ];
}

function smallText(small: readonly FleetClass[]): string {
  const names = small.map(({ name, hosts }) => `${name} (${hosts.length})`);
  return `Fewer than ${fewestForBootstrap} hosts in class ${list(names)}: intervals there are Student's t over hosts, of one host there is none, and no host is called odd.`;
}

/** `n3 was lost (node down): 3 blocks run again on n2`. */
export function incidentText({ host, lost, requeued }: FleetIncident): string {
  const requeue =
    requeued === 0
      ? []
      : [`${host} was requeued${requeued > 1 ? ` ${requeued} times` : ''}, and went on with its run`];
  if (lost === null) return requeue.join('; ');
  const { reason, blocks, again } = lost;
  const rest =
    blocks === 0
      ? 'it had all its blocks'
      : again === null
        ? `${counted(blocks, 'block')} not run again`
        : `${counted(blocks, 'block')} run again on ${again}`;
  return [...requeue, `${host} was lost (${reason}): ${rest}`].join('; ');
}

function partialTexts({ hosts, runs }: FleetRecord): string[] {
  const partial = hosts.flatMap((host) => host.partial.map((index) => runs[index]));
  const texts = partial.flatMap((run) =>
    run
      ? [`${hosts[run.host]?.name ?? ''} (${run.file}: ${run.status}, ${counted(run.samples, 'sample')})`]
      : [],
  );
  return texts.length === 0
    ? []
    : [`${counted(texts.length, 'run')} did not come to the end: ${list(texts)}.`];
}

function failureTexts({ hosts }: FleetRecord): string[] {
  const texts = hosts.flatMap(({ name, failures }) =>
    failures.map(
      ({ platform, code, count }) => `${name}: ${platform}: ${code}${count > 1 ? ` (${count} times)` : ''}`,
    ),
  );
  return texts.length === 0 ? [] : [`Failures: ${list(texts)}.`];
}

function skippedTexts({ hosts }: FleetRecord): string[] {
  const byReason = new Map<string, string[]>();
  for (const { name, skipped } of hosts) {
    for (const { platform, reason } of skipped) {
      const key = `${platform} was skipped: ${reason}`;
      byReason.set(key, [...(byReason.get(key) ?? []), name]);
    }
  }
  return [...byReason].map(([what, names]) => `${what} (${list(names)}).`);
}

const shown = 8;

/** The first of many, and how many more there are; the JSON has all. */
export function list(texts: readonly string[]): string {
  const more = texts.length - shown;
  return more > 0 ? `${texts.slice(0, shown).join(', ')} and ${more} more` : texts.join(', ');
}

export function estimateText({ value }: FleetEstimate, unit: FleetFigure['unit']): string {
  return figure(value, unit);
}

export function intervalText({ ciLow, ciHigh }: FleetEstimate, unit: FleetFigure['unit']): string {
  return range(ciLow, ciHigh, unit);
}

/** `t`, or the bootstrap without a word; with what simulation shows of it. */
export function methodText({ method, coverage }: FleetEstimate): string {
  if (method === 'none' || coverage === null) return 'one host, no interval';
  const name = method === 't' ? "Student's t over hosts" : 'hierarchical bootstrap over hosts';
  return `${name}, covers ${percent(coverage)} or more by simulation`;
}

export function spreadText(
  estimate: FleetEstimate,
  which: 'between' | 'within',
  unit: FleetFigure['unit'],
): string {
  const value = estimate[which];
  if (value === null) return '–';
  return estimate.spread === 'share' ? percent(value) : figure(value, unit);
}

/** `node7: startup.ready on all platforms is 12 % slower than on the typical host of class A (p < 0.001)`. */
export function oddText(odd: FleetOdd, fleet: FleetRecord): string {
  const host = fleet.hosts[odd.host];
  const unit =
    fleet.figures.find((each) => each.metric === odd.metric && each.lens === odd.lens)?.unit ?? 'count';
  const where = odd.platform === null ? 'all platforms' : odd.platform;
  const way = directionOf({ unit, metric: odd.metric }, odd.ratio > 1);
  return `${host?.name ?? ''}: ${resultName(odd)} on ${where} is ${percent(Math.abs(odd.ratio - 1))} ${way} than on the typical host of class ${fleet.classes[host?.class ?? 0]?.name ?? ''} (${pText(odd.p)})`;
}

export function commonText({ fact, value, odd, others }: FleetCommon): string {
  const of = odd === 1 ? 'the odd host has' : `all ${odd} odd hosts have`;
  return `${of} ${fact} ${value}, ${others === 0 ? 'none' : others} of the others`;
}

export function oddLegend({ oddRate }: FleetRecord): string {
  return `An odd host differs from the others of its class in a way that at most ${percent(oddRate)} of fleets of equal hosts would show. It is named, and counts like any other.`;
}

/** `−1.2 %`: a host's figure against that of the typical host of its class. */
export function deviationText(deviation: number): string {
  return signedPercent(Math.expm1(deviation));
}
