import { findResult } from '../../bench/record/queries.ts';
import type { MeasureView } from './measure.ts';

export const throughput: MeasureView = {
  headline: (record) => ({
    name: 'throughput',
    title: 'throughput',
    heading: 'Throughput',
    meaning: 'good answers per second at saturation',
    of: (platform) => findResult(record, platform, 'throughput.rps'),
  }),
};
