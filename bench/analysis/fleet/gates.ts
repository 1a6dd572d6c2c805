/**
 * Gates over a fleet, judged on each class by itself, with hosts as clusters. As in a run: one fails only if the whole
 * interval lies beyond the bound, passes only if it lies inside, and what does not exist fails.
 */
import type { FleetFigure, FleetGate, FleetGateRule, FleetRecord } from '../../record/fleet.ts';
import { counted, digits, figure as figureText, range } from '../../record/figures.ts';
import { conditionText } from '../../record/queries.ts';
import { holm } from '../../statistics/holm.ts';
import {
  studentInterval,
  studentMean,
  studentP,
  welchDifference,
  type StudentMean,
} from '../../statistics/student-mean.ts';
import { hostValues, isSameFleetFigure, onPlatform } from './host-values.ts';

type Judged = Pick<FleetGate, 'verdict' | 'found' | 'detail'>;
type Waiting = { p: number; conclude: (pAdjusted: number) => Judged };
type Head = Pick<FleetGate, 'id' | 'level' | 'expected' | 'class'>;

const alpha = 0.05;

/** @param reference the fleet that `worse-by` compares with; null: those gates are skipped */
export function judgeFleetGates(
  fleet: Omit<FleetRecord, 'gates'>,
  reference: FleetRecord | null,
): FleetGate[] {
  const whole = { ...fleet, gates: [] };
  const found = fleet.gateRules
    .filter(({ level }) => level !== 'off')
    .flatMap((rule) => fleet.classes.flatMap((_, index) => judgeOnClass(rule, index, whole, reference)));
  const family = found.flatMap(([, judged]) => ('conclude' in judged ? [judged] : []));
  const adjusted = holm(family.map(({ p }) => p));
  return found.map(([head, judged]) => ({
    ...head,
    ...('conclude' in judged ? judged.conclude(adjusted[family.indexOf(judged)] ?? 1) : judged),
  }));
}

function judgeOnClass(
  rule: FleetGateRule,
  index: number,
  fleet: FleetRecord,
  reference: FleetRecord | null,
): [Head, Judged | Waiting][] {
  const name = fleet.classes[index]?.name ?? '';
  const head = (id: string): Head => ({
    id,
    level: rule.level,
    class: name,
    expected: expectation(rule, name),
  });
  const figures = fleet.figures.filter(
    (each) =>
      each.class === index &&
      each.platform === rule.platform &&
      each.metric === rule.metric &&
      (rule.lens === null || each.lens === rule.lens),
  );
  if (figures.length === 0) return [[head(rule.id), noFigure(rule, index, fleet)]];
  return figures.map((each) => {
    const text = [each.lens, conditionText(each.condition)].filter(Boolean).join(' ');
    const id = figures.length > 1 ? `${rule.id} ${text}` : rule.id;
    return [
      head(id),
      rule.worseBy === null
        ? judgeBounds(rule, each, fleet)
        : judgeRegression(rule, rule.worseBy, each, fleet, reference),
    ];
  });
}

/** A class whose machines cannot run a platform is no failure of that platform. */
function noFigure({ platform, metric }: FleetGateRule, index: number, { hosts }: FleetRecord): Judged {
  const members = hosts.filter((host) => host.class === index);
  const skipped = members.map((host) => host.skipped.find((each) => each.platform === platform));
  const [first] = skipped;
  if (first && skipped.every((each) => each !== undefined)) {
    return { verdict: 'skipped', found: 'no samples', detail: `${platform} was skipped: ${first.reason}` };
  }
  return { verdict: 'fail', found: 'no samples', detail: `${platform} gave no sample of ${metric}` };
}

function judgeBounds(rule: FleetGateRule, own: FleetFigure, fleet: FleetRecord): Judged {
  const shown = boundsInterval(rule, own, fleet);
  if (typeof shown === 'string') return { verdict: 'fail', found: 'no ratio', detail: shown };
  const unit = rule.over === null ? own.unit : 'ratio';
  const { value, low, high, hosts } = shown;
  if (low === null || high === null) {
    const detail = 'one host says nothing of others; need two or more, better six';
    return { verdict: 'inconclusive', found: figureText(value, unit), detail };
  }
  const [min, max] = [rule.min ?? -Infinity, rule.max ?? Infinity];
  const verdict = low >= min && high <= max ? 'pass' : high < min || low > max ? 'fail' : 'inconclusive';
  const detail = `95 % interval ${range(low, high, unit)} over ${hostsText(hosts)}`;
  return { verdict, found: figureText(value, unit), detail };
}

interface Bounds {
  value: number;
  low: number | null;
  high: number | null;
  hosts: number;
}

/** A text: why there is none. */
function boundsInterval({ over }: FleetGateRule, own: FleetFigure, fleet: FleetRecord): Bounds | string {
  if (over === null || over === fleet.baseline) {
    const estimate = over === null ? own.value : own.ratio;
    if (!estimate) return `no host has a fair ratio of ${own.platform} over ${over ?? ''}`;
    const hosts = over === null ? own.hosts.length : own.hosts.filter(({ ratio }) => ratio !== null).length;
    // Equal on every host: there is nothing to be unsure of.
    const isExact = own.isExact === true && own.hosts.every(({ median }) => median === own.hosts[0]?.median);
    const { value, ciLow, ciHigh } = estimate;
    return { value, low: isExact ? value : ciLow, high: isExact ? value : ciHigh, hosts };
  }
  const base = onPlatform(fleet, own, over);
  if (!base) return `${over} gave no sample of ${own.metric}`;
  const values = [...hostValues(fleet, own, base).values.values()];
  const [first] = values;
  if (first === undefined) return `no host has ${own.metric} of both ${own.platform} and ${over}`;
  const mean = studentMean(values);
  const interval = mean && studentInterval(mean);
  return {
    value: Math.exp(mean?.value ?? first),
    low: interval && Math.exp(interval.low),
    high: interval && Math.exp(interval.high),
    hosts: values.length,
  };
}

function judgeRegression(
  rule: FleetGateRule,
  margin: number,
  own: FleetFigure,
  fleet: FleetRecord,
  reference: FleetRecord | null,
): Judged | Waiting {
  if (reference === null) {
    const detail = 'it compares with a reference fleet: --against names one';
    return { verdict: 'skipped', found: 'no reference', detail };
  }
  const change = changeBetween(rule.over, own, fleet, reference);
  if (typeof change === 'string') return { verdict: 'inconclusive', found: 'no change', detail: change };
  const { mean, isLog, how, scale } = change;
  const sign = own.better === 'lower' ? 1 : -1;
  const at = isLog ? Math.log(Math.max(1e-9, 1 + sign * margin)) : sign * margin * scale;
  const isBeyond = sign * (mean.value - at) > 0;
  const p = studentP(mean, at);
  const { low, high } = studentInterval(mean);
  const share = (value: number): string => {
    const part = isLog ? Math.expm1(value) : value / scale;
    return `${part < 0 ? '−' : '+'}${digits(Math.abs(100 * part))} %`;
  };
  const conclude = (pAdjusted: number): Judged => {
    const isSure = (isBeyond ? pAdjusted : p) < alpha || (mean.error === 0 && !isBeyond);
    return {
      verdict: !isSure ? 'inconclusive' : isBeyond ? 'fail' : 'pass',
      found: share(mean.value),
      detail: `95 % interval ${share(low)} to ${share(high)} over ${how}`,
    };
  };
  return { p, conclude };
}

interface Change {
  mean: StudentMean;
  isLog: boolean;
  how: string;
  /** Of the reference, for figures without a ratio. */
  scale: number;
}

/** Hosts that are in both fleets are compared with themselves; else classes whose facts are the same. A text: why not. */
function changeBetween(
  over: string | null,
  own: FleetFigure,
  fleet: FleetRecord,
  reference: FleetRecord,
): Change | string {
  const base = over === null ? null : onPlatform(fleet, own, over);
  if (base === undefined) return `${over ?? ''} gave no sample of ${own.metric}`;
  const now = hostValues(fleet, own, base);
  const before = reference.figures.filter((each) => isSameFleetFigure(each, own));
  const old = before.map((each) => {
    const oldBase = over === null ? null : onPlatform(reference, each, over);
    return { each, values: oldBase === undefined ? null : hostValues(reference, each, oldBase) };
  });
  const all = new Map(old.flatMap(({ values }) => (values ? [...values.values] : [])));
  const isLog = now.isLog && old.every(({ values }) => values?.isLog ?? true);
  if (now.isLog !== isLog) return 'it is positive in one of the fleets only';
  const paired = [...now.values].flatMap(([name, value]) => {
    const earlier = all.get(name);
    return earlier === undefined ? [] : [{ earlier, difference: value - earlier }];
  });
  const mean = studentMean(paired.map(({ difference }) => difference));
  if (mean) {
    const scale = Math.abs(paired.reduce((sum, { earlier }) => sum + earlier, 0) / paired.length) || 1;
    return { mean, isLog, scale, how: `${hostsText(paired.length)}, each against itself` };
  }
  const facts = JSON.stringify(fleet.classes[own.class]?.facts);
  const like = old.find(({ each }) => JSON.stringify(reference.classes[each.class]?.facts) === facts);
  const against = [...(like?.values?.values.values() ?? [])];
  const welch = welchDifference([...now.values.values()], against);
  if (!welch) {
    return 'need two hosts that are in both fleets, or two hosts a side in a class with the same facts';
  }
  const scale = Math.abs(against.reduce((sum, value) => sum + value, 0) / against.length) || 1;
  return {
    mean: welch,
    isLog,
    scale,
    how: `${hostsText(now.values.size)} against ${counted(against.length, 'other host')}`,
  };
}

function hostsText(count: number): string {
  return `${counted(count, 'host')}${count < 6 ? ' (fewer than six)' : ''}`;
}

function expectation({ metric, platform, over, worseBy, min, max }: FleetGateRule, name: string): string {
  const subject = `${metric} of ${platform}${over === null ? '' : ` over ${over}`} on class ${name}`;
  if (worseBy !== null) {
    return `${subject} at most ${Number((100 * worseBy).toPrecision(6))} % worse than the reference fleet`;
  }
  const bounds = [min === null ? '' : `>= ${min}`, max === null ? '' : `<= ${max}`];
  return `${subject} ${bounds.filter(Boolean).join(' and ')}`;
}
