/** Claim 8: many starts at once. */
import { text } from '../../record/claims/words/words.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RecordedResult, RunRecord } from '../../record/schema.ts';
import { isContainer, isProcess, isVm, runWith } from './choose.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import type { Judge, Part } from './judgement.ts';
import { atMost, partOf, valuesOf } from './limits.ts';

const soon = atMost(10_000, 'ms');
const needs = text('need.measure', { measures: 'burst' });

export const judgeBurst: Judge = (records) => {
  const record = runWith(records, 'burst.ready', [isContainer, isVm, isProcess]);
  const all = record ? largestOf(record, 'burst.ready') : [];
  const successes = record ? largestOf(record, 'burst.success') : [];
  const containers = all.filter(({ platform }) => isContainer(platform));
  return {
    parts: [
      burstPart(
        containers,
        successes.filter(({ platform }) => isContainer(platform)),
      ),
      {
        name: text('part.8.automatic'),
        verdict: containers.length === 0 ? 'not measured' : 'does not hold',
        because: text('because.8.automatic'),
        needs: containers.length === 0 ? needs : null,
      },
    ],
    evidence: [...all, ...successes],
    figure: containers[0] ?? null,
    chart: all,
    thresholds: [text('threshold.8', { limit: soon.says })],
  };
};

function burstPart(ready: readonly Evidence[], successes: readonly Evidence[]): Part {
  const failed = successes.filter(({ low }) => low < 1);
  const part = partOf('part.8.burst', ready, soon, needs);
  if (failed.length === 0) return part;
  const isAll = failed.length === successes.length;
  const because = text('because.8.success', { values: valuesOf(failed) });
  return { ...part, verdict: isAll ? 'does not hold' : 'holds in part', because, needs: null };
}

/** Of each platform the figure of the most starts at once. */
function largestOf(record: RunRecord, metric: string): Evidence[] {
  return ranPlatforms(record).flatMap(({ id }) => {
    const results = record.results.filter(
      // What a user waits for begins with the request.
      ({ platform, metric: name, condition }) =>
        platform === id && name === metric && condition['clock'] !== 'start',
    );
    const largest = results.sort((a, b) => startsOf(b) - startsOf(a))[0];
    const evidence = largest ? evidenceOf(record, largest) : null;
    return largest && evidence ? [{ ...evidence, label: `n=${startsOf(largest)}` }] : [];
  });
}

function startsOf({ condition }: RecordedResult): number {
  return Math.max(0, ...Object.values(condition).map(Number).filter(Number.isFinite));
}
