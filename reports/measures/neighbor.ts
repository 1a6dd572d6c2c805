import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';
import { markup } from '../html/markup.ts';
import type { MeasureView } from './measure.ts';

export const neighbor: MeasureView = {
  headline: (record) => {
    const worst = worstCase(record);
    const { aggressor, limits } = worst?.condition ?? {};
    return {
      name: 'neighbor',
      title: `p99 beside ${String(aggressor)}`,
      heading: `p99 beside ${String(aggressor)}`,
      meaning: `latency with this aggressor over latency without, limits ${String(limits)}; of the aggressors that did most harm`,
      of: (platform) =>
        ofLatency(record).find(
          (result) =>
            result.platform === platform &&
            result.condition['aggressor'] === aggressor &&
            result.condition['limits'] === limits,
        ),
    };
  },
  notes: () =>
    markup`<p>With <code>limits: off</code> an instance has what its platform gives by default: of a container, all of the budget that both share. An aggressor that did less than half of what it does on the bare process is <em>not exerted</em>, and its windows are excluded.</p>`,
};

function worstCase(record: RunRecord): RecordedResult | undefined {
  return ofLatency(record).sort((a, b) => (b.summary.median ?? 0) - (a.summary.median ?? 0))[0];
}

function ofLatency({ results }: RunRecord): RecordedResult[] {
  return results.filter(({ metric }) => metric === 'neighbor.latency.p99');
}
