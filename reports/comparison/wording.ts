/** A compared figure in words: what changed, by how much and how sure, or why nobody can tell. */
import type {
  ComparedEstimate,
  ComparedFigure,
  ComparedPair,
  MissingFigure,
  RunComparison,
  RunDifference,
} from '../../bench/record/comparison.ts';
import { differenceText } from '../../bench/record/facts.ts';
import { directionOf, percent, signed, signedPercent } from '../change-wording.ts';
import { counted, figure, range } from '../../bench/record/figures.ts';
import { resultName } from '../wording.ts';

type Families = RunComparison['families'];

/** Which run stands against which. */
export function pairTitle({ run }: ComparedPair, { reference }: RunComparison): string {
  return `${run.id} against ${reference.id} (the reference)`;
}

/** What else differs, and what that means for the comparison. */
export function differenceNotice(difference: RunDifference, forced: boolean): string {
  const text = differenceText(difference);
  if (difference.level === 'note') return `note: ${text}`;
  return forced
    ? `NOT COMPARABLE, compared by --force: ${text}`
    : `not compared: ${text} (--force compares anyway)`;
}

export function missingText(
  missing: MissingFigure,
  { run }: ComparedPair,
  { reference }: RunComparison,
): string {
  const what = missing.metric === null ? '' : ` ${resultName({ ...missing, metric: missing.metric })}`;
  const where = missing.missingIn === 'reference' ? reference.id : run.id;
  return `missing in ${where}: ${missing.platform}${what}: ${missing.reason}`;
}

/** Nobody may take "too few samples" for "no difference". */
export function countsText(figures: readonly ComparedFigure[]): string {
  const counts: [string, ComparedFigure['verdict'][]][] = [
    ['differ', ['worse', 'better']],
    ['may differ', ['hint']],
    ['without a difference seen', ['none-seen']],
    ['the same', ['same']],
    ['with too few samples to tell', ['too-few']],
  ];
  const parts = counts.flatMap(([words, verdicts]) => {
    const count = figures.filter(({ verdict }) => verdicts.includes(verdict)).length;
    return count === 0 ? [] : [`${count} ${words}`];
  });
  return `${counted(figures.length, 'figure')}: ${parts.join(', ')}.`;
}

/** `The same in every sample: image.transfer (zstd) of process and runc; …`: figures that need no line of their own. */
export function sameText(figures: readonly ComparedFigure[]): string {
  const platforms = new Map<string, string[]>();
  for (const each of figures)
    platforms.set(resultName(each), [...(platforms.get(resultName(each)) ?? []), each.platform]);
  const and = new Intl.ListFormat('en-GB', { type: 'conjunction' });
  const named = [...platforms].map(([name, ids]) => `${name} of ${and.format(ids)}`);
  return `The same in every sample: ${named.join('; ')}.`;
}

/** How the table is to be read. */
export function legend({ alpha, families, pairs }: RunComparison): string {
  const reach = pairs.every(({ alternated }) => alternated)
    ? 'What the machine did meanwhile met all sides alike; what differs by the day or by the machine was not looked at.'
    : 'All this is about the scatter inside each run: a run as a whole may still be faster or slower by chance, so repeat what matters.';
  return (
    'change: Hodges–Lehmann, of the run over the reference. ' +
    `p: Mann–Whitney, adjusted (Holm) for ${counted(families.figures, 'test')}` +
    `${families.parts > 0 ? ` of figures and ${families.parts} of parts` : ''}; a difference is told below ${alpha}. ` +
    `shows: what these samples would show in four of five cases. ${reach}`
  );
}

/** `runc: startup.ready is 12 % slower (+255 ms), 95 % interval +8.0 to +16 %.` */
export function figureSentence(compared: ComparedFigure, families: Families): string {
  const name = `${compared.platform}: ${resultName(compared)}`;
  const tests = compared.part ? families.parts : families.figures;
  switch (compared.verdict) {
    case 'better':
    case 'worse':
      return compared.exact
        ? `${name} is ${amount(compared)}: ${medianOf(compared, 'run')}, was ${medianOf(compared, 'reference')}.`
        : `${name} is ${amount(compared)}${absolute(compared)}${intervalClause(compared)}.`;
    case 'hint':
      return `${name} may be ${amount(compared)}${absolute(compared)}${intervalClause(compared)}; among ${counted(tests, 'figure')} chance alone often brings that much.`;
    case 'none-seen':
      return `${name}: no difference seen${detectableClause(compared)}.`;
    case 'same':
      return `${name} is the same in every sample: ${medianOf(compared, 'run')}.`;
    case 'too-few':
      return `${name}: too few samples to tell (${compared.reference.n} and ${compared.run.n}; ${tooFewReason(compared, tests)}).`;
  }
}

/** `slower`, `maybe larger`, `no difference seen`: the verdict for a cell. */
export function verdictText(compared: ComparedFigure): string {
  switch (compared.verdict) {
    case 'better':
    case 'worse':
      return direction(compared);
    case 'hint':
      return `maybe ${direction(compared)}`;
    case 'none-seen':
      return 'none seen';
    case 'same':
      return 'same';
    case 'too-few':
      return 'too few samples';
  }
}

/** `+12 %`, `4.20×` where it has become a multiple, or the shift in its unit where there is no ratio. */
export function changeText(compared: ComparedFigure): string {
  const { ratio, shift, unit } = compared;
  if (!ratio) return signed(figure(shift.value, unit), shift.value);
  return isMultiple(ratio) ? figure(ratio.value, 'ratio') : signedPercent(ratio.value - 1);
}

/** `+8.0 to +16 %`, a dash where there is no interval. */
export function changeInterval({ ratio, shift, unit }: ComparedFigure): string {
  if (!ratio) return range(shift.ciLow, shift.ciHigh, unit);
  const { ciLow, ciHigh } = ratio;
  if (ciLow === null || ciHigh === null) return '–';
  if (isMultiple(ratio)) return range(ciLow, ciHigh, 'ratio');
  return `${signedPercent(ciLow - 1).replace(/\u00a0%$/, '')} to ${signedPercent(ciHigh - 1)}`;
}

/** What these samples would show: `9.0 %`, or in the unit of the figure. */
export function detectableText({ detectable, unit }: ComparedFigure): string {
  if (!detectable) return '–';
  return detectable.ratio === null ? figure(detectable.shift, unit) : percent(detectable.ratio);
}

export function medianOf(compared: ComparedFigure, side: 'reference' | 'run'): string {
  return figure(compared[side].median, compared.unit);
}

function amount(compared: ComparedFigure): string {
  const { ratio, shift, unit } = compared;
  if (ratio && isMultiple(ratio))
    return `${direction(compared)}, ${figure(ratio.value, 'ratio')} the reference`;
  const size = ratio ? percent(Math.abs(ratio.value - 1)) : figure(Math.abs(shift.value), unit);
  return `${size} ${direction(compared)}`;
}

/** Beyond three times, percent are hard to read. */
function isMultiple(ratio: ComparedEstimate): boolean {
  return ratio.value >= 3;
}

/** The difference in its unit, where the sentence has given it as a share. */
function absolute({ ratio, shift, unit }: ComparedFigure): string {
  return ratio ? ` (${signed(figure(shift.value, unit), shift.value)})` : '';
}

function intervalClause(compared: ComparedFigure): string {
  return hasInterval(compared.shift)
    ? `, 95 % interval ${changeInterval(compared)}`
    : `; too few samples for an interval (${compared.reference.n} and ${compared.run.n}, 6 are needed)`;
}

function hasInterval({ ciLow }: ComparedEstimate): boolean {
  return ciLow !== null;
}

function detectableClause(compared: ComparedFigure): string {
  return compared.detectable ? `; with these samples one of ${detectableText(compared)} would have been` : '';
}

function tooFewReason({ test }: ComparedFigure, tests: number): string {
  return test ? `among ${counted(tests, 'figure')} more are needed` : 'a test needs 4';
}

function direction(compared: ComparedFigure): string {
  return directionOf(compared, compared.shift.value > 0);
}
