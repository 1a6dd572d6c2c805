import { findResult } from '../../bench/record/queries.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { imageChart } from '../html/charts.ts';
import type { MeasureView } from './measure.ts';

export const image: MeasureView = {
  headline(record) {
    const compression = commonCompression(record);
    const [suffix, condition] = compression === '' ? ['', {}] : [` (${compression})`, { compression }];
    return {
      name: 'image',
      title: `image${suffix}`,
      heading: `Image${suffix}`,
      meaning: 'what a pull transfers',
      of: (platform) => findResult(record, platform, 'image.transfer', condition),
    };
  },
  charts: [
    {
      chart: imageChart,
      words: {
        title: 'What is shipped and stored',
        caption:
          'Transfer is what a pull moves, unpacked what lies on disk; virtual is what a disk claims to be, allocated what it takes; marginal is one more instance.',
      },
    },
  ],
};

/** The compression that most platforms have a transfer size for; zstd before others, being the smaller. */
function commonCompression(record: RunRecord): string {
  const counts = new Map<string, number>();
  for (const result of record.results) {
    const { compression } = result.condition;
    if (result.metric !== 'image.transfer' || typeof compression !== 'string') continue;
    counts.set(compression, (counts.get(compression) ?? 0) + (compression === 'zstd' ? 1.5 : 1));
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
