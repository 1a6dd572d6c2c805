/** Claims 1 and 2: how fast VMs and containers start, and how fast containers stop. */
import { text } from '../../record/claims/words/words.ts';
import { isBootedVm, isContainer, isVm, runWith } from './choose.ts';
import { lookUpAll } from './evidence.ts';
import type { Judge } from './judgement.ts';
import { atLeast, atMost, partOf } from './limits.ts';

const minutes = atLeast(60_000, 'ms');
const seconds = atMost(10_000, 'ms');

export const judgeStartup: Judge = (records) => {
  const record = runWith(records, 'startup.ready', [isVm, isContainer]);
  const all = record ? lookUpAll(record, () => true, 'startup.ready') : [];
  const vms = all.filter(({ platform }) => isBootedVm(platform));
  const containers = all.filter(({ platform }) => isContainer(platform));
  const needs = text('need.measure', { measures: 'startup' });
  return {
    parts: [partOf('part.1.vm', vms, minutes, needs), partOf('part.1.container', containers, seconds, needs)],
    evidence: all,
    figure: vms.find(({ isJudged }) => isJudged) ?? containers[0] ?? null,
    chart: all,
    thresholds: [
      text('threshold.for', { part: text('part.1.vm'), limit: minutes.says }),
      text('threshold.for', { part: text('part.1.container'), limit: seconds.says }),
    ],
  };
};

const second = atMost(1000, 'ms');
const twoSeconds = atMost(2000, 'ms');

export const judgeStop: Judge = (records) => {
  const record = runWith(records, 'stop.graceful', [isContainer]);
  const of = (metric: string, condition = {}): ReturnType<typeof lookUpAll> =>
    record ? lookUpAll(record, isContainer, metric, condition) : [];
  const [graceful, kill] = [of('stop.graceful'), of('stop.kill')];
  const released = of('stop.released', { mode: 'graceful' });
  const needs = text('need.measure', { measures: 'stop' });
  return {
    parts: [
      partOf('part.2.graceful', graceful, second, needs),
      partOf('part.2.kill', kill, second, needs),
      partOf('part.2.released', released, twoSeconds, needs),
    ],
    evidence: [...graceful, ...kill, ...released],
    figure: graceful[0] ?? null,
    chart: graceful,
    thresholds: [
      text('threshold.for', { part: text('part.2.graceful'), limit: second.says }),
      text('threshold.for', { part: text('part.2.kill'), limit: second.says }),
      text('threshold.for', { part: text('part.2.released'), limit: twoSeconds.says }),
    ],
  };
};
