/** Holds figures against a limit, and makes the part of a sentence of what several platforms say. */
import { figure, isTime, type Unit } from '../../record/figures.ts';
import { text, type Text, type Word } from '../../record/claims/words/words.ts';
import { evidenceText, isTooFew, type Evidence } from './evidence.ts';
import type { Part } from './judgement.ts';

export interface Limit {
  says: Text;
  /** null: the interval lies on both sides. */
  meets: (evidence: Evidence) => boolean | null;
}

export function atMost(value: number, unit: Unit): Limit {
  return {
    says: text('limit.atMost', { value: figure(value, unit) }),
    meets: ({ low, high }) => (high <= value ? true : low > value ? false : null),
  };
}

export function atLeast(value: number, unit: Unit): Limit {
  return {
    says: text('limit.atLeast', { value: figure(value, unit) }),
    meets: ({ low, high }) => (low >= value ? true : high < value ? false : null),
  };
}

/** For figures of the unit `yes-no`. */
export const yesEachTime: Limit = { ...atLeast(1, 'yes-no'), says: text('limit.yes') };
export const noEachTime: Limit = { ...atMost(0, 'yes-no'), says: text('limit.no') };

/** @param units of the ends as they are shown */
export function between(low: number, high: number, unit: Unit): Limit {
  return {
    says: text('limit.between', { low: figure(low, unit), high: figure(high, unit) }),
    meets: (each) =>
      each.low >= low && each.high <= high ? true : each.high < low || each.low > high ? false : null,
  };
}

/**
 * A part that holds where every platform meets the limit, and in part where some do.
 *
 * @param evidence figures that were found, those that must not be judged too
 * @param needs what is missing where none was found
 */
export function partOf(name: Word, evidence: readonly Evidence[], limit: Limit, needs: Text): Part {
  const judged = evidence.filter(({ isJudged }) => isJudged);
  const enough = judged.filter((each) => !isTooFew(each));
  if (evidence.length === 0) return unmeasured(name, text('because.absent'), needs);
  if (judged.length === 0) {
    const isSlow = evidence.some(({ unit, platform }) => isTime(unit) || platform.accel === 'tcg');
    return unmeasured(
      name,
      text('because.emulated', { values: valuesOf(evidence) }),
      isSlow ? text('need.kvm') : needs,
    );
  }
  if (enough.length === 0) {
    return unmeasured(name, text('because.few', { values: valuesOf(judged) }), text('need.samples'));
  }
  const yes = enough.filter((each) => limit.meets(each) === true);
  const no = enough.filter((each) => limit.meets(each) === false);
  const part = { name: text(name), needs: null };
  if (no.length === 0 && yes.length === 0) {
    const because = text('because.unclear', { values: valuesOf(enough), limit: limit.says });
    const isBounded = enough.some(({ bound }) => bound !== undefined);
    return unmeasured(name, because, text(isBounded ? 'need.bound' : 'need.samples'));
  }
  if (no.length === 0 && yes.length < enough.length) {
    const open = enough.filter((each) => !yes.includes(each));
    const values = { yes: valuesOf(yes), limit: limit.says, open: valuesOf(open) };
    return { ...part, verdict: 'holds in part', because: text('because.open', values) };
  }
  if (yes.length === 0 || no.length === 0) {
    return {
      ...part,
      verdict: yes.length === 0 ? 'does not hold' : 'holds',
      because: text('because.list', { values: valuesOf(enough), limit: limit.says }),
    };
  }
  const because = text('because.some', { yes: valuesOf(yes), limit: limit.says, no: valuesOf(no) });
  return { ...part, verdict: 'holds in part', because };
}

export function unmeasured(name: Word, because: Text, needs: Text): Part {
  return { name: text(name), verdict: 'not measured', because, needs };
}

/** More figures than this are no sentence. */
const mostValues = 4;

/** `runc 210 ms (205–218 ms), docker 450 ms (…)`; of many the lowest and the highest. */
export function valuesOf(evidence: readonly Evidence[]): (string | Text)[] {
  const sorted = [...evidence].sort((a, b) => a.value - b.value);
  const [lowest, highest] = [sorted[0], sorted.at(-1)];
  if (evidence.length <= mostValues || !lowest || !highest) return evidence.map(valueText);
  const values = { low: valueText(lowest), high: valueText(highest), count: evidence.length };
  return [text('because.span', values)];
}

function valueText(evidence: Evidence): string {
  const label = evidence.label === undefined ? '' : ` ${evidence.label}`;
  return `${evidence.platform.id}${label} ${evidenceText(evidence)}`;
}
