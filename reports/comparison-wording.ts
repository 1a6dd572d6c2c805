/** A compared figure in words: what changed, by how much and how sure, or why nobody can tell. */
import type { ComparedEstimate, ComparedFigure, RunComparison } from '../bench/record/comparison.ts';
import { directionOf, percent, signed, signedPercent } from './change-wording.ts';
import { counted, figure, range } from '../bench/record/figures.ts';
import { resultName } from './wording.ts';

type Families = RunComparison['families'];

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
