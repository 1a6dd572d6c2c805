/** Claim 5: how much memory a VM takes for each container. */
import { text } from '../../record/claims/words/words.ts';
import { findResult, ranPlatforms } from '../../record/queries.ts';
import type { RecordedPlatform, RunRecord } from '../../record/schema.ts';
import { isBootedVm, isContainer, isVm, runWith } from './choose.ts';
import { ratioOf, sideOf, withValues, type Evidence, type Side } from './evidence.ts';
import type { Judge, Part } from './judgement.ts';
import { atLeast, partOf } from './limits.ts';

const farLess = atLeast(2, 'ratio');
const rest = { state: 'rest' };

export const judgeMemory: Judge = (records) => {
  const record = runWith(records, 'memory.pss', [isVm, isContainer]);
  const pss = record ? ratiosOf(record, 'memory.pss') : [];
  const workingset = record ? ratiosOf(record, 'memory.workingset') : [];
  const part = (name: 'part.5.pss' | 'part.5.workingset', evidence: Evidence[]): Part =>
    partOf(
      name,
      evidence,
      farLess,
      record
        ? text('need.platforms', { platforms: ['runc', 'vm'] })
        : text('need.measure', { measures: 'memory' }),
    );
  const own = record ? ownOf(record, 'memory.pss') : [];
  return {
    parts: [part('part.5.pss', pss), part('part.5.workingset', workingset)],
    evidence: [...pss, ...workingset, ...own],
    figure: pss[0] ?? null,
    chart: own,
    thresholds: [text('threshold.memory', { limit: farLess.says })],
  };
};

/** Each VM over the container that takes the most: the claim is about all of them. */
function ratiosOf(record: RunRecord, metric: string): Evidence[] {
  const containers = sidesOf(record, isContainer, metric);
  const largest = containers.reduce<Side | null>(
    (most, side) => (most && most.evidence.value >= side.evidence.value ? most : side),
    null,
  );
  return sidesOf(record, isBootedVm, metric).flatMap((side) => {
    const ratio = largest ? ratioOf(side, largest) : null;
    return ratio ? [ratio] : [];
  });
}

function ownOf(record: RunRecord, metric: string): Evidence[] {
  return ranPlatforms(record).flatMap((platform) => {
    const side = withoutTranslation(record, platform, metric);
    return side ? [side.evidence] : [];
  });
}

function sidesOf(
  record: RunRecord,
  isChosen: (platform: RecordedPlatform) => boolean,
  metric: string,
): Side[] {
  return ranPlatforms(record).flatMap((platform) => {
    const side = isChosen(platform) ? withoutTranslation(record, platform, metric) : null;
    return side ? [side] : [];
  });
}

/** The emulator's translation cache is no memory of a VM: it is taken out, instance by instance. */
function withoutTranslation(record: RunRecord, platform: RecordedPlatform, metric: string): Side | null {
  const side = sideOf(record, platform, metric, rest);
  const cache = record.results.find(
    (result) =>
      result.platform === platform.id &&
      result.metric === 'memory.part' &&
      result.lens === 'tcg-cache' &&
      result.condition['state'] === rest.state,
  );
  const whole = findResult(record, platform.id, metric, rest);
  if (!side || !cache || !whole) return side;
  const cacheOf = new Map(cache.samples.map(({ instance, block, value }) => [instance ?? block, value]));
  const values = whole.samples.flatMap(({ excluded, instance, block, value }) => {
    const of = cacheOf.get(instance ?? block);
    return excluded !== undefined || of === undefined ? [] : [value - of];
  });
  return values.length === 0 ? side : { values, evidence: withValues(side.evidence, values) };
}
