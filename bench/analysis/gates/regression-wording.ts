/** What a regression gate says: by how much, between which values, and how sure. */
import { pText } from '../../record/p-value.ts';
import { figure, isTime, range } from '../../record/figures.ts';
import { detectableShift } from '../../statistics/detectable.ts';
import { smallestStep } from '../../statistics/smallest-step.ts';
import { summarize } from '../../statistics/summary.ts';
import type { GateFinding } from './finding.ts';
import type { Sides } from './sides.ts';

export interface Change {
  /** A factor, or a difference in the unit where there is no factor. */
  kind: 'ratio' | 'shift';
  value: number;
  interval: { low: number; high: number; level: number } | null;
}

interface Evidence {
  sides: Sides;
  change: Change;
  margin: number;
  verdict: GateFinding['verdict'];
  p: number;
  pAdjusted: number;
  family: number;
  looks: number;
  /** It would have failed if it were the only gate. */
  aloneOnly: boolean;
  /** Smallest slowdown that it would call, as a share; null: unknown. */
  sees: number | null;
}

type Text = Pick<GateFinding, 'found' | 'detail'>;

export function regressionText(evidence: Evidence): Text {
  const { sides, change, margin, verdict, p, pAdjusted, family, looks, aloneOnly, sees } = evidence;
  const counts = `${sides.run.length} and ${sides.reference.length} samples`;
  const among = family > 1 ? `, adjusted for ${family} gates` : '';
  const looked = looks > 1 ? `, one of ${looks} looks` : '';
  const power = sees === null ? '' : `; with so many this gate sees ${percent(sees)}`;
  const reasons = {
    fail: `the whole interval lies beyond ${percent(margin)} (${pText(pAdjusted)}${among}${looked}; ${counts})`,
    pass: `the whole interval lies within ${percent(margin)} (${pText(p)}${looked}; ${counts}${power})`,
    inconclusive: aloneOnly
      ? `it lies beyond ${percent(margin)} by itself, but not surely enough among ${family} gates (${pText(pAdjusted)}; ${counts})`
      : `the interval reaches across ${percent(margin)}: more blocks would tell (${counts}${power})`,
    skipped: '',
  } satisfies Record<GateFinding['verdict'], string>;
  return { found: `${changeText(sides, change)}${intervalText(sides, change)}`, detail: reasons[verdict] };
}

/** Beyond the margin, but by less than can be measured. */
export function blurred({ resolution, unit }: Sides): string {
  return `the difference is smaller than what the instruments tell apart, ${figure(resolution, unit)}`;
}

/** Why values are judged as they stand, without a test. */
export interface Plain {
  basis: string;
  /** So near to the margin, as a share, it cannot tell. */
  noiseFloor?: number;
}

/** Values without chance need no statistics: they are worse by more than the margin, or they are not. */
export function plainChange(
  sides: Sides,
  margin: number,
  { basis, noiseFloor = 0 }: Plain,
): Text & Pick<GateFinding, 'verdict'> {
  const [run, reference] = medians(sides);
  const isWorseBy = (share: number): boolean =>
    sides.lowerIsBetter ? run > reference * (1 + share) : run < reference * (1 - share);
  const verdict = isWorseBy(margin + noiseFloor)
    ? 'fail'
    : isWorseBy(margin - noiseFloor)
      ? 'inconclusive'
      : 'pass';
  const where = { fail: 'beyond', pass: 'within', inconclusive: 'too near to' }[verdict];
  const kind = sides.positive ? 'ratio' : 'shift';
  const value = kind === 'ratio' ? run / reference : run - reference;
  return {
    verdict,
    found: changeText(sides, { kind, value, interval: null }),
    detail: `${basis}${noiseFloor === 0 ? '' : `, noise floor ${percent(noiseFloor)}`}: ${where} ${percent(margin)}`,
  };
}

/**
 * The true worsening that the gate would call in four of five cases: the margin, and what the scatter adds to it.
 *
 * @param level two-sided, of the one test
 */
export function perceptible(
  { run, reference, positive }: Sides,
  margin: number,
  level: number,
): number | null {
  if (!positive) return null;
  const sides = [run, reference].map((values) => {
    const { sd, n } = summarize(values.map(Math.log));
    return { sd: sd ?? 0, n };
  });
  const step = smallestStep([...run, ...reference]) ?? 0;
  const shift = Math.max(
    Math.exp(detectableShift(sides, level)),
    1 + step / (summarize(reference).median ?? 1),
  );
  return (1 + margin) * shift - 1;
}

/** `12 % slower: 2.25 s, was 2.01 s`. */
function changeText(sides: Sides, { kind, value }: Change): string {
  const [run, reference] = medians(sides);
  const were = `${figure(run, sides.unit)}, was ${figure(reference, sides.unit)}`;
  const size = kind === 'ratio' ? value - 1 : value;
  if (size === 0) return `no change: ${were}`;
  const amount = kind === 'ratio' ? percent(Math.abs(size)) : figure(Math.abs(size), sides.unit);
  return `${amount} ${direction(sides, size > 0)}: ${were}`;
}

function intervalText({ unit }: Sides, { kind, interval }: Change): string {
  if (!interval) return '';
  const { low, high, level } = interval;
  const ends =
    kind === 'ratio' ? `${signedPercent(low - 1)} to ${signedPercent(high - 1)}` : range(low, high, unit);
  return `; ${Number((100 * level).toFixed(2))} % interval ${ends}`;
}

function medians({ run, reference }: Sides): [number, number] {
  return [summarize(run).median ?? NaN, summarize(reference).median ?? NaN];
}

function direction({ unit, metric }: Sides, more: boolean): string {
  if (unit === 'bytes') return more ? 'larger' : 'smaller';
  // CPU time is used up, not waited for.
  if (isTime(unit) && !metric.startsWith('cpu.')) return more ? 'slower' : 'faster';
  return more ? 'higher' : 'lower';
}

function signedPercent(share: number): string {
  return `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`;
}

/** Two digits that count are enough for a share. */
function percent(share: number): string {
  const rounded = Number((share * 100).toPrecision(2));
  return `${Math.abs(rounded) < 0.01 ? '0' : rounded} %`;
}
