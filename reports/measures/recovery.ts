import { markup } from '../html/markup.ts';
import type { MeasureView } from './measure.ts';

export const recovery: MeasureView = {
  headline: (record) => {
    const fault = record.results.find(({ metric }) => metric === 'recovery.default')?.condition['fault'];
    return {
      name: 'recovery',
      title: `back after ${String(fault)}`,
      heading: `Back after ${String(fault)}`,
      meaning: `whether an instance answers again after this fault, as its platform starts it by default`,
      of: (platform) =>
        record.results.find(
          (result) =>
            result.platform === platform &&
            result.metric === 'recovery.default' &&
            result.condition['fault'] === fault,
        ),
    };
  },
  notes: () =>
    markup`<p>A fault that a platform cannot have has no row: a bare process has no box around it, and only a virtual machine has a kernel of its own that could panic. A platform without a mechanism of its own is <code>none</code> and has no times; nothing stands in for it.</p>`,
};
