/** Claim 6: how many containers fit for each VM. */
import { text } from '../../record/claims/words/words.ts';
import { isOpenEnd, type RecordedDensity } from '../../record/density.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RunRecord } from '../../record/schema.ts';
import { isBootedVm, isContainer, isVm, runWith, type IsChosen } from './choose.ts';
import { asBound, isTimed, ratioOf, sideOf, type Evidence, type Side } from './evidence.ts';
import type { Judge } from './judgement.ts';
import { atLeast, between, partOf, unmeasured } from './limits.ts';

const more = atLeast(1.1, 'ratio');
const about = between(2, 3.1, 'ratio');
/** The sentence is about one. */
const program = 'tomcat';

/** Causes that a slow machine alone can be. */
const slowness: readonly NonNullable<RecordedDensity['limit']>['by'][] = [
  'not-ready',
  'slo',
  'startup',
  'time',
];

export const judgeDensity: Judge = (records) => {
  const metric = 'density.instances';
  const of = (isProgram: boolean): RunRecord | null =>
    runWith(
      records.filter(({ workload }) => (workload.name === program) === isProgram),
      metric,
      [isVm, isContainer],
    );
  const record = of(true) ?? of(false);
  const vms = record ? sidesOf(record, isBootedVm) : [];
  const containers = record ? sidesOf(record, isContainer) : [];
  const [vm] = vms;
  const ratios = containers.flatMap((side) => {
    const ratio = vm ? ratioWith(side, vm) : null;
    return ratio ? [ratio] : [];
  });
  const own = [...vms, ...containers].map(({ evidence }) => evidence);
  const isWithoutLimit = own.length > 0 && own.every(({ bound }) => bound !== undefined);
  const needs =
    ratios.length > 0
      ? text('need.kvm')
      : isWithoutLimit
        ? text('need.bound')
        : text('need.measure', { measures: 'density' });
  const isProgram = record?.workload.name === program;
  return {
    parts: [
      partOf('part.6.more', ratios, more, needs),
      isProgram || !record
        ? partOf('part.6.factor', ratios, about, needs)
        : unmeasured(
            'part.6.factor',
            text('because.6.program', { workload: record.workload.name }),
            text('need.6.program'),
          ),
    ],
    evidence: [...ratios, ...own],
    figure: ratios[0] ?? null,
    chart: own,
    thresholds: [
      text('threshold.for', { part: text('part.6.more'), limit: more.says }),
      text('threshold.for', { part: text('part.6.factor'), limit: about.says }),
    ],
  };
};

function sidesOf(record: RunRecord, isChosen: IsChosen): Side[] {
  return ranPlatforms(record).flatMap((platform) => {
    const side = isChosen(platform) ? sideOf(record, platform, 'density.instances') : null;
    if (!side) return [];
    const by = record.density.find((each) => each.platform === platform.id)?.limit?.by;
    const isSlow = by !== undefined && slowness.includes(by) && !isTimed(record, platform);
    const evidence: Evidence = { ...side.evidence, isExact: true, isJudged: !isSlow };
    return [{ ...side, evidence: by && isOpenEnd(by) ? asBound(evidence, 'at least') : evidence }];
  });
}

/** Where more may fit than was tried on one side, a bound; null where that is so on both. */
function ratioWith(side: Side, base: Side): Evidence | null {
  const ratio = ratioOf(side, base);
  if (!ratio) return null;
  const [isOpen, isBaseOpen] = [side, base].map(({ evidence }) => evidence.bound !== undefined);
  if (isOpen && isBaseOpen) return null;
  if (!isOpen && !isBaseOpen) return ratio;
  return asBound(ratio, isOpen ? 'at least' : 'at most');
}
