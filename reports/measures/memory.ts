import { findResult } from '../../bench/record/queries.ts';
import { isOurs } from '../../bench/record/result.ts';
import type { RunRecord } from '../../bench/record/schema.ts';
import { memoryChart, memoryPartsChart } from '../html/charts.ts';
import { markup, type Markup } from '../html/markup.ts';
import { compareLenses, lensName, lensOf } from '../wording.ts';
import type { MeasureView } from './measure.ts';

export const memory: MeasureView = {
  headline: (record) => ({
    name: 'memory',
    title: 'memory',
    heading: 'Memory (PSS at rest)',
    meaning: 'PSS at rest',
    of: (platform) => findResult(record, platform, 'memory.pss', { state: 'rest' }),
  }),
  charts: [
    {
      chart: memoryChart,
      words: {
        title: 'One instance, seen through every lens',
        caption:
          'The same memory counted in different ways: compare like with like. Medians; lines reach the lowest and highest sample.',
      },
    },
    {
      chart: memoryPartsChart,
      words: {
        title: 'What a VM holds',
        caption:
          "Proportional set size of the VMM's process, by part. The translation cache exists only under TCG.",
      },
    },
  ],
  notes: lensWords,
};

function lensWords(record: RunRecord): Markup | null {
  const words = new Map(
    record.results
      .filter((result) => result.measure === 'memory' && isOurs(result))
      .sort((a, b) => compareLenses(lensOf(a), lensOf(b)))
      .map((result) => [lensName(lensOf(result)), result.definition] as const),
  );
  if (words.size === 0) return null;
  return markup`<details open><summary>What each lens counts</summary><dl class="facts">${[...words].map(
    ([name, definition]) => markup`<dt>${name}</dt><dd>${definition}</dd>`,
  )}</dl></details>`;
}
