/** Claim 14: whether a container whose program died comes back, by the platform's own mechanism, and how fast. */
import { text } from '../../record/claims/words/words.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RunRecord } from '../../record/schema.ts';
import { isContainer, runWith } from './choose.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import type { Judge } from './judgement.ts';
import { atLeast, atMost, partOf } from './limits.ts';

const always = atLeast(1, 'ratio');
const soon = atMost(10_000, 'ms');
const needs = text('need.measure', { measures: 'recovery' });

export const judgeRecovery: Judge = (records) => {
  const record = runWith(records, 'recovery.default', [isContainer]);
  const defaults = record ? ofKill(record, 'recovery.default') : [];
  const ready = record ? ofKill(record, 'recovery.ready') : [];
  return {
    parts: [partOf('part.14.itself', defaults, always, needs), partOf('part.14.fast', ready, soon, needs)],
    evidence: [...defaults, ...ready],
    figure: ready[0] ?? defaults[0] ?? null,
    chart: ready,
    thresholds: [
      text('threshold.14'),
      text('threshold.for', { part: text('part.14.fast'), limit: soon.says }),
    ],
  };
};

/** After the death of the program itself, which the sentence is about. */
function ofKill(record: RunRecord, metric: string): Evidence[] {
  return ranPlatforms(record)
    .filter(isContainer)
    .flatMap(({ id }) => {
      const result = record.results.find(
        (each) => each.platform === id && each.metric === metric && each.condition['fault'] === 'kill',
      );
      const evidence = result ? evidenceOf(record, result) : null;
      return evidence ? [evidence] : [];
    });
}
