/** Claim 14: whether a container whose program died comes back, by the platform's own mechanism, and how fast. */
import { text } from '../../record/claims/words/words.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RecordedPlatform, RunRecord } from '../../record/schema.ts';
import { isContainer, runWith } from './choose.ts';
import { ratioOf, sideOf, type Evidence, type Side } from './evidence.ts';
import type { Judge, Part } from './judgement.ts';
import { atMost, partOf, unmeasured, valuesOf, yesEachTime, type Limit } from './limits.ts';

const soon = atMost(10_000, 'ms');
const likeStart = atMost(2, 'ratio');
const needs = text('need.measure', { measures: 'recovery' });

/** What a platform took to answer again, and how many of its own starts that is. */
interface Return {
  ready: Evidence;
  /** null: the run has no start of this platform. */
  starts: Evidence | null;
}

export const judgeRecovery: Judge = (records) => {
  const record = runWith(records, 'recovery.default', [isContainer]);
  const platforms = record ? ranPlatforms(record).filter(isContainer) : [];
  const defaults = record
    ? ofKill(record, platforms, 'recovery.default').map(({ evidence }) => evidence)
    : [];
  const returns = record ? returnsOf(record, platforms) : [];
  const ready = returns.map((each) => each.ready);
  const starts = returns.flatMap((each) => (each.starts === null ? [] : [each.starts]));
  return {
    parts: [partOf('part.14.itself', defaults, yesEachTime, needs), fastPart(returns)],
    evidence: [...defaults, ...ready, ...starts],
    figure: ready[0] ?? defaults[0] ?? null,
    chart: ready,
    thresholds: [
      text('threshold.14'),
      text('threshold.14.fast', { limit: soon.says, starts: likeStart.says }),
    ],
  };
};

/** After the death of the program itself, which the sentence is about. */
function ofKill(record: RunRecord, platforms: readonly RecordedPlatform[], metric: string): Side[] {
  const conditions = new Map(
    record.results
      .filter((each) => each.metric === metric && each.condition['fault'] === 'kill')
      .map(({ platform, condition }) => [platform, condition]),
  );
  return platforms.flatMap((platform) => {
    const condition = conditions.get(platform.id);
    const side = condition ? sideOf(record, platform, metric, condition) : null;
    return side ? [side] : [];
  });
}

function returnsOf(record: RunRecord, platforms: readonly RecordedPlatform[]): Return[] {
  return ofKill(record, platforms, 'recovery.ready').map((side) => {
    const start = sideOf(record, side.evidence.platform, 'startup.ready');
    const ratio = start ? ratioOf(side, start) : null;
    return { ready: side.evidence, starts: ratio && { ...ratio, label: 'over startup.ready' } };
  });
}

/** Fast is soon for a person, and no more than a new start would take. */
function fastPart(returns: readonly Return[]): Part {
  const name = 'part.14.fast';
  const ready = returns.map((each) => each.ready);
  const judged = returns.filter((each) => each.starts !== null || soon.meets(each.ready) === false);
  if (ready.length > 0 && judged.length === 0) {
    const because = text('because.14.noStart', { values: valuesOf(ready) });
    return unmeasured(name, because, text('need.measure', { measures: 'startup' }));
  }
  const startsOf = new Map(judged.map((each) => [each.ready, each.starts]));
  const both: Limit = {
    says: text('limit.14', { limit: soon.says, starts: likeStart.says }),
    meets: (each) => {
      const starts = startsOf.get(each) ?? null;
      const met = [soon.meets(each), starts === null ? null : likeStart.meets(starts)];
      if (met.includes(false)) return false;
      return met.includes(null) ? null : true;
    },
  };
  return partOf(
    name,
    judged.map((each) => each.ready),
    both,
    needs,
  );
}
