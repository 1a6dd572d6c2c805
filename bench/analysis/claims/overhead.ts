/** Claims 7 and 15: what a box costs a program that works, by path; and LXD against a VM. */
import { text } from '../../record/claims/words/words.ts';
import { ranPlatforms } from '../../record/queries.ts';
import type { RunRecord } from '../../record/schema.ts';
import { isBootedVm, isContainer, isProcess, isVm, runWith, type IsChosen } from './choose.ts';
import { ratioOf, sideOf, type Evidence } from './evidence.ts';
import type { Judge } from './judgement.ts';
import { atLeast, atMost, between, partOf } from './limits.ts';

const vmBand = between(1.1, 1.2, 'ratio');
const containerBand = between(1.03, 1.05, 'ratio');
/** Workloads of one path each: `micro-cpu`, `micro-disk-sync` … */
const onePath = /^micro-(.+)$/;

export const judgeOverhead: Judge = (records) => {
  const paths = [...newestOfEachPath(records)].flatMap(([label, record]) =>
    costsOf(record, 'completion.work', label),
  );
  const served = runWith(records, 'throughput.rps', [isProcess, isVm, isContainer]);
  const all = [...paths, ...(served ? costsOf(served, 'throughput.rps', 'application') : [])];
  const vms = all.filter(({ platform }) => isVm(platform));
  const containers = all.filter(({ platform }) => isContainer(platform));
  const needs = text('need.measure', { measures: 'completion, throughput' });
  return {
    parts: [
      partOf('part.7.vm', vms, vmBand, needs),
      partOf('part.7.container', containers, containerBand, needs),
    ],
    evidence: all,
    figure: all.find(({ isJudged }) => isJudged) ?? all[0] ?? null,
    chart: all,
    thresholds: [
      text('threshold.process', { part: text('part.7.vm'), limit: vmBand.says }),
      text('threshold.process', { part: text('part.7.container'), limit: containerBand.says }),
    ],
  };
};

function newestOfEachPath(records: readonly RunRecord[]): Map<string, RunRecord> {
  const found = new Map<string, RunRecord>();
  for (const record of records) {
    const [, path] = onePath.exec(record.workload.name) ?? [];
    const has = record.results.some(({ metric, summary }) => metric === 'completion.work' && summary.n > 0);
    if (path !== undefined && has && !found.has(path)) found.set(path, record);
  }
  return found;
}

/** Each platform over the process: of a time as it is, of a rate the other way round, so that more is always a higher cost. */
function costsOf(record: RunRecord, metric: string, label: string): Evidence[] {
  const bare = ranPlatforms(record).find(isProcess);
  const base = bare ? sideOf(record, bare, metric) : null;
  if (!base) return [];
  return ranPlatforms(record).flatMap((platform) => {
    const side = isVm(platform) || isContainer(platform) ? sideOf(record, platform, metric) : null;
    const ratio = side ? ratioOf(side, base) : null;
    if (!ratio) return [];
    const cost = ratio.metric.endsWith('.rps') ? inverse(ratio) : ratio;
    return [{ ...cost, label }];
  });
}

function inverse(ratio: Evidence): Evidence {
  const { value, low, high } = ratio;
  return { ...ratio, value: 1 / value, low: 1 / high, high: 1 / low };
}

const isLxd: IsChosen = ({ runner }) => runner === 'lxd' || runner === 'incus';
const faster = atMost(1, 'ratio');
const more = atLeast(1, 'ratio');

export const judgeSystemContainers: Judge = (records) => {
  const startup = lxdOverVm(records, 'startup.ready');
  const throughput = lxdOverVm(records, 'throughput.rps');
  const needs = text('need.platforms', { platforms: ['lxd', 'vm'] });
  return {
    parts: [
      partOf('part.15.startup', startup, faster, needs),
      partOf('part.15.throughput', throughput, more, text('need.measure', { measures: 'throughput' })),
    ],
    evidence: [...startup, ...throughput],
    figure: startup[0] ?? throughput[0] ?? null,
    chart: startup,
    thresholds: [
      text('threshold.for', { part: text('part.15.startup'), limit: faster.says }),
      text('threshold.for', { part: text('part.15.throughput'), limit: more.says }),
    ],
  };
};

function lxdOverVm(records: readonly RunRecord[], metric: string): Evidence[] {
  const record = runWith(records, metric, [isLxd, isBootedVm]);
  if (!record) return [];
  const vm = ranPlatforms(record).find(isBootedVm);
  const base = vm ? sideOf(record, vm, metric) : null;
  return ranPlatforms(record).flatMap((platform) => {
    const side = isLxd(platform) ? sideOf(record, platform, metric) : null;
    const ratio = side && base ? ratioOf(side, base) : null;
    return ratio ? [ratio] : [];
  });
}
