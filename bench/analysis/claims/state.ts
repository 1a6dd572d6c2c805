/** Claims 10, 11 and 12: whether an image moves, whether data stays, and whether instances drift. None of it depends on time. */
import { text } from '../../record/claims/words/words.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RunRecord } from '../../record/schema.ts';
import { isBootedVm, isContainer, isVm, runWith, type IsChosen } from './choose.ts';
import { evidenceOf, type Evidence } from './evidence.ts';
import type { Judge, Part } from './judgement.ts';
import { atLeast, atMost, noEachTime, partOf, yesEachTime } from './limits.ts';

export const judgePortability: Judge = (records) => {
  const record = runWith(records, 'portability.boots', [isVm, isContainer]);
  // QEMU was given each format as it is.
  const boots = record ? every(record, isBootedVm, 'portability.boots', ['format', 'hardware']) : [];
  const runs = record ? every(record, isContainer, 'portability.boots', []) : [];
  const needs = text('need.measure', { measures: 'portability' });
  const vm = partOf('part.10.vm', boots, noEachTime, needs);
  return {
    parts: [vm, partOf('part.10.container', runs, yesEachTime, needs)],
    evidence: [...boots, ...runs],
    figure: boots[0] ?? runs[0] ?? null,
    chart: [],
    thresholds: [text('threshold.10')],
  };
};

export const judgePersistence: Judge = (records) => {
  const metric = 'persistence.kept';
  const record = runWith(records, metric, [isVm, isContainer]);
  const of = (isChosen: IsChosen): Evidence[] =>
    record
      ? every(record, isChosen, metric, ['after', 'synced']).filter(
          ({ condition }) => condition['place'] === 'root',
        )
      : [];
  const [containers, vms] = [of(isContainer), of(isBootedVm)];
  const needs = text('need.measure', { measures: 'persistence' });
  return {
    parts: [
      partOf('part.11.container', containers, noEachTime, needs),
      partOf('part.11.vm', vms, yesEachTime, needs),
    ],
    evidence: [...containers, ...vms],
    figure: [...containers, ...vms].find(({ condition }) => condition['after'] === 'kill') ?? null,
    chart: [...containers, ...vms],
    thresholds: [text('threshold.11')],
  };
};

const isFullVm: IsChosen = (platform) => isBootedVm(platform) && platform.guest === 'full';
const isMinimalVm: IsChosen = (platform) => isBootedVm(platform) && platform.guest !== 'full';

const noFiles = atMost(0, 'count');
const someFiles = atLeast(1, 'count');

export const judgeDrift: Judge = (records) => {
  const record = runWith(records, 'drift.files', [isVm, isContainer]);
  // A minimal guest has nothing but the program: the sentence is about machines with an operating system.
  const pairs = record ? every(record, isFullVm, 'drift.between', ['after']) : [];
  const minimal = record ? every(record, isMinimalVm, 'drift.between', ['after']) : [];
  const own = record ? every(record, isContainer, 'drift.files', ['after']) : [];
  const needs = text('need.measure', { measures: 'drift' });
  const parts: Part[] = [
    partOf('part.12.vm', pairs, someFiles, minimal.length === 0 ? needs : text('need.12')),
    partOf('part.12.container', own, noFiles, needs),
  ];
  return {
    parts,
    evidence: [...pairs, ...minimal, ...own],
    figure: pairs[0] ?? own[0] ?? null,
    chart: [...pairs, ...minimal, ...own],
    thresholds: [text('threshold.12')],
  };
};

/** Every result of a metric of the chosen platforms, told apart by what `labels` names of their conditions. */
function every(record: RunRecord, isChosen: IsChosen, metric: string, labels: readonly string[]): Evidence[] {
  const chosen = ranPlatforms(record).filter(isChosen);
  return chosen.flatMap((platform) =>
    record.results.flatMap((result) => {
      const isWanted = result.platform === platform.id && result.metric === metric;
      const evidence = isWanted ? evidenceOf(record, result) : null;
      if (!evidence) return [];
      const label = labels.map((key) => labelOf(key, result.condition[key])).join(' ');
      return [labels.length === 0 ? evidence : { ...evidence, label }];
    }),
  );
}

/** `unsynced` says more than the `no` of the condition. */
function labelOf(key: string, value: string | number | boolean | undefined): string {
  if (key === 'synced') return value === 'no' ? 'unsynced' : 'synced';
  return String(value ?? '');
}
