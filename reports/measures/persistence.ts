import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';
import type { MeasureView } from './measure.ts';

export const persistence: MeasureView = {
  headline: (record) => {
    const hardest = hardestCase(record);
    const { after, place, synced } = hardest?.condition ?? {};
    const what = synced === 'no' ? 'unsynced' : 'synced';
    return {
      name: 'persistence',
      title: `kept after ${String(after)}`,
      heading: `Kept after ${String(after)}`,
      meaning: `whether an ${what} file in the instance's ${String(place)} is there afterwards`,
      of: (platform) =>
        ofKept(record).find(
          (result) =>
            result.platform === platform &&
            result.condition['after'] === after &&
            result.condition['place'] === place &&
            result.condition['synced'] === synced,
        ),
    };
  },
};

/** What a power cut does to a file that nobody synced tells boxes apart best. */
function hardestCase(record: RunRecord): RecordedResult | undefined {
  const kept = ofKept(record);
  const isHardest = ({ condition }: RecordedResult): boolean =>
    condition['after'] === 'kill' && condition['synced'] === 'no';
  return kept.find(isHardest) ?? kept[0];
}

function ofKept({ results }: RunRecord): RecordedResult[] {
  return results.filter(({ metric }) => metric === 'persistence.kept');
}
