import { figure } from '../../bench/record/figures.ts';
import { ranPlatforms } from '../../bench/record/queries.ts';
import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';
import type { MeasureView } from './measure.ts';

/** From here on the CPUs were the limit. */
const mostlyBusy = 0.9;
/** A resource that some task waited for this long was one, too. */
const mostlyStalled = 0.5;

export const burst: MeasureView = {
  headline: (record) => {
    const size = largestSize(record);
    return {
      name: 'burst',
      title: `burst of ${size}`,
      heading: `Burst of ${size}`,
      meaning: 'until the last of the largest burst is ready, layer and network included',
      of: (platform) => ofLargest(record, platform, 'burst.ready').find(isFromRequest),
    };
  },
  remarks(record) {
    const lines = ranPlatforms(record).flatMap(({ id }) => {
      const limit = limitOf(record, id);
      return limit === null ? [] : [[id, limit] as const];
    });
    return lines.length === 0 ? null : { title: 'What limited the largest burst', lines };
  },
};

/** In words; null where there was no such burst. */
export function limitOf(record: RunRecord, platform: string): string | null {
  const [success] = ofLargest(record, platform, 'burst.success');
  if (!success) return null;
  const { instances } = success.condition;
  const succeeded = success.summary.mean ?? 0;
  if (succeeded < 1) return `${instances} at once: only ${percent(succeeded)} of the starts succeeded`;
  const busy = ofLargest(record, platform, 'burst.busy')[0]?.summary.median ?? null;
  const stalled = ofLargest(record, platform, 'burst.stalled')
    .map(({ lens, summary }) => ({ lens, share: summary.median ?? 0 }))
    .filter(({ lens, share }) => lens !== 'cpu' && share >= mostlyStalled)
    .sort((a, b) => b.share - a.share)[0];
  if (stalled) {
    return `${instances} at once: ${stalled.lens}, which some task waited for in ${percent(stalled.share)} of the time`;
  }
  if (busy === null) return null;
  return busy >= mostlyBusy
    ? `${instances} at once: the CPUs, which were busy for ${percent(busy)} of the time`
    : `${instances} at once: neither CPUs (busy for ${percent(busy)} of the time) nor memory nor disk; starts wait for each other, or for time to pass`;
}

const isFromRequest = ({ condition }: RecordedResult): boolean => condition['clock'] === 'request';

function ofLargest(record: RunRecord, platform: string, metric: string): RecordedResult[] {
  const size = largestSize(record);
  return record.results.filter(
    (result) =>
      result.platform === platform && result.metric === metric && result.condition['instances'] === size,
  );
}

function largestSize({ results }: RunRecord): number {
  const sizes = results
    .filter(({ measure }) => measure === 'burst')
    .map(({ condition }) => Number(condition['instances']));
  return Math.max(0, ...sizes.filter(Number.isFinite));
}

function percent(share: number): string {
  return figure(100 * share, 'count').concat(' %');
}
