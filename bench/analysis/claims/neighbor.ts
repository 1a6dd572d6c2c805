/** Claim 9: what an aggressor does to its neighbor, with the limits that a platform has by default and with limits set. */
import { text, type Text } from '../../record/claims/words/words.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RunRecord } from '../../record/schema.ts';
import { isContainer, isVm, runWith, type IsChosen } from './choose.ts';
import { evidenceOf, isTooFew, type Evidence } from './evidence.ts';
import type { Judge, Part } from './judgement.ts';
import { atLeast, atMost, partOf, unmeasured, valuesOf } from './limits.ts';

const metric = 'neighbor.latency.p99';
const starved = atLeast(2, 'ratio');
const unharmed = atMost(1.2, 'ratio');
const needs = text('need.measure', { measures: 'neighbor' });

export const judgeNeighbor: Judge = (records) => {
  const record = runWith(records, metric, [isContainer, isVm]);
  const of = (isChosen: IsChosen, limits: string): Evidence[] =>
    record ? underAggression(record, isChosen, limits) : [];
  const [off, on, vms] = [of(isContainer, 'off'), of(isContainer, 'on'), of(isVm, 'off')];
  return {
    parts: [starvePart(off), quotaPart(off, on), partOf('part.9.vm', vms, unharmed, needs)],
    evidence: [...off, ...on, ...vms],
    figure: [...off].sort((a, b) => b.value - a.value)[0] ?? null,
    chart: [...off, ...vms],
    thresholds: [
      text('threshold.9.starve', { limit: starved.says }),
      text('threshold.9.quotas', { limit: unharmed.says }),
      text('threshold.for', { part: text('part.9.vm'), limit: unharmed.says }),
    ],
  };
};

/** With over without an aggressor, of each that pushed hard enough to count. A ratio of latencies is a time: emulation is not judged. */
function underAggression(record: RunRecord, isChosen: IsChosen, limits: string): Evidence[] {
  return ranPlatforms(record)
    .filter(isChosen)
    .flatMap((platform) =>
      record.results.flatMap((result) => {
        const isWanted =
          result.platform === platform.id &&
          result.metric === metric &&
          result.condition['limits'] === limits;
        const evidence = isWanted ? evidenceOf(record, result) : null;
        if (!evidence) return [];
        const isJudged = platform.accel !== 'tcg' && record.lab?.accel !== 'tcg';
        return [{ ...evidence, isJudged, label: String(result.condition['aggressor'] ?? '') }];
      }),
    );
}

/** One aggressor that does it is enough. */
function starvePart(off: readonly Evidence[]): Part {
  const name = 'part.9.starve';
  const judged = off.filter((each) => each.isJudged && !isTooFew(each));
  if (judged.length === 0) return partOf(name, off, starved, needs);
  const those = judged.filter((each) => starved.meets(each) === true);
  const isNone = judged.every((each) => starved.meets(each) === false);
  const values = { values: valuesOf(isNone ? judged : those), limit: starved.says };
  if (those.length === 0 && !isNone) {
    const because = text('because.unclear', { values: valuesOf(judged), limit: starved.says });
    return unmeasured(name, because, text('need.samples'));
  }
  const verdict = isNone ? 'does not hold' : 'holds';
  return { name: text(name), verdict, because: text('because.list', values), needs: null };
}

/** A quota helps if little is left of the harm, or at most half. */
function quotaPart(off: readonly Evidence[], on: readonly Evidence[]): Part {
  const name = 'part.9.quotas';
  const pairs = off.flatMap((without) => {
    const limited = on.find(
      ({ platform, label }) => platform.id === without.platform.id && label === without.label,
    );
    return limited && without.isJudged && starved.meets(without) === true ? [{ without, limited }] : [];
  });
  if (pairs.length === 0) return unmeasured(name, noHarm(off), needs);
  const helps = pairs.filter(
    ({ without, limited }) => unharmed.meets(limited) === true || limited.high <= 1 + (without.low - 1) / 2,
  );
  const values = {
    with: valuesOf(pairs.map(({ limited }) => limited)),
    without: valuesOf(pairs.map(({ without }) => without)),
    limit: unharmed.says,
  };
  const verdict =
    helps.length === pairs.length ? 'holds' : helps.length === 0 ? 'does not hold' : 'holds in part';
  return { name: text(name), verdict, because: text('because.9.quotas', values), needs: null };
}

function noHarm(off: readonly Evidence[]): Text {
  return off.some(({ isJudged }) => isJudged) ? text('because.9.noHarm') : text('because.absent');
}
