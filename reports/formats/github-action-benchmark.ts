/**
 * JSON for github-action-benchmark, https://github.com/benchmark-action/github-action-benchmark. The direction belongs
 * to a whole file there (`tool: customSmallerIsBetter` or `customBiggerIsBetter`), so there are two reporters.
 */
import { phaseOf } from '../../bench/record/result.ts';
import type { RecordedResult } from '../../bench/record/schema.ts';
import type { Reporter } from '../reporter.ts';
import { seriesOf, subjectOf } from './series.ts';

export const smallerIsBetter = reporter('lower', 'customSmallerIsBetter');
export const biggerIsBetter = reporter('higher', 'customBiggerIsBetter');

function reporter(better: RecordedResult['better'], tool: string): Reporter {
  return {
    description: `JSON for github-action-benchmark with \`tool: ${tool}\`: medians`,
    file: null,
    render(record) {
      const entries = record.results.flatMap((result) => {
        const { median } = result.summary;
        if (result.better !== better || median === null || !hasRatio(result, median)) return [];
        const series = seriesOf(record, result);
        return [
          {
            name: `${series.metric} ${subjectOf(series)}`,
            unit: result.unit,
            value: median,
            ...rangeOf(result),
            extra: extraOf(result),
          },
        ];
      });
      return `${JSON.stringify(entries, null, 2)}\n`;
    },
  };
}

/**
 * The reader divides each value by the one before and alerts on the ratio. That of a phase of next to nothing would
 * alert on noise, and one of a zero or negative figure has no meaning.
 */
function hasRatio({ metric }: RecordedResult, median: number): boolean {
  return median > 0 && phaseOf(metric) === null && metric !== 'memory.unclaimed';
}

function rangeOf({ summary: { ciLow, ciHigh, ciLevel } }: RecordedResult): { range?: string } {
  if (ciLow === null || ciHigh === null || ciLevel === null) return {};
  return { range: `${short(ciLevel * 100)} % interval ${short(ciLow)} to ${short(ciHigh)}` };
}

function extraOf({ definition, summary: { n, min, max } }: RecordedResult): string {
  const spread = min === null || max === null ? [] : [`lowest ${short(min)}, highest ${short(max)}`];
  return [`median of n = ${n}`, ...spread, definition].join('\n');
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}
