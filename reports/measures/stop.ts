import { findResult } from '../../bench/record/queries.ts';
import { stopChart } from '../html/charts.ts';
import type { MeasureView } from './measure.ts';

export const stop: MeasureView = {
  headline: (record) => ({
    name: 'stop',
    title: 'stop',
    heading: 'Stop',
    meaning: 'graceful',
    of: (platform) => findResult(record, platform, 'stop.graceful'),
  }),
  charts: [
    {
      chart: stopChart,
      words: {
        title: 'How long it takes to end',
        caption:
          'Released is when nothing of the instance remains: processes, mounts, network, layer. Medians; lines reach the lowest and highest sample.',
      },
    },
  ],
};
