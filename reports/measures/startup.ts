import { findResult } from '../../bench/record/queries.ts';
import { phasesChart, startupChart } from '../html/charts.ts';
import type { MeasureView } from './measure.ts';

export const startup = {
  headline: (record) => ({
    name: 'ready',
    title: 'ready',
    heading: 'Ready',
    meaning: 'median from start to the first good answer, interval of at least 95 %',
    of: (platform) => findResult(record, platform, 'startup.ready'),
  }),
  charts: [
    {
      chart: startupChart,
      words: { title: 'Every start', caption: 'From the start command to the first complete good answer.' },
    },
    {
      chart: phasesChart,
      words: {
        title: 'Where the time goes',
        caption:
          'Mean length of each phase: means add up to the mean of the whole start, medians would not. ' +
          'What no mark explains is hatched.',
      },
    },
  ],
} satisfies MeasureView;
