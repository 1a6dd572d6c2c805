import { findResult } from '../../bench/record/queries.ts';
import type { MeasureView } from './measure.ts';

export const completion: MeasureView = {
  headline: (record) => ({
    name: 'work',
    title: 'work',
    heading: 'Work',
    meaning: "median from the execution of the workload's command to its end, interval of at least 95 %",
    of: (platform) =>
      findResult(record, platform, 'completion.work') ?? findResult(record, platform, 'completion.total'),
  }),
};
