/** The figures a tired person needs first: one row per platform. */
import type {
  RecordedComparison,
  RecordedPlatform,
  RecordedResult,
  RunRecord,
} from '../bench/record/schema.ts';
import { figure, range } from './figures.ts';
import { baselineOf, comparisonFor, findResult, forbiddingFinding, ranPlatforms } from './select.ts';

export interface HeadlineRow {
  platform: RecordedPlatform;
  ready: RecordedResult | undefined;
  memory: RecordedResult | undefined;
  image: RecordedResult | undefined;
  stop: RecordedResult | undefined;
  comparison: RecordedComparison | undefined;
  /** Texts of the row; a dash where the record has nothing. */
  texts: {
    ready: string;
    ratio: string;
    /** The ratio with its interval where it has one. */
    ratioWithInterval: string;
    interval: string;
    memory: string;
    image: string;
    stop: string;
  };
}

export interface Headline {
  /** Id of the baseline platform, null when there is none. */
  baseline: string | null;
  /** Compression that the image column shows, empty where the record names none. */
  compression: string;
  rows: HeadlineRow[];
}

/** Below this many samples there is no 95 % interval of a median, whatever the values. */
const leastSamples = 6;

export function headlineOf(record: RunRecord): Headline {
  const baseline = baselineOf(record);
  const compression = commonCompression(record);
  const rows = ranPlatforms(record).map((platform): HeadlineRow => {
    const ready = findResult(record, platform.id, 'startup.ready');
    const comparison = ready && comparisonFor(record, ready);
    const memory = findResult(record, platform.id, 'memory.pss', { state: 'rest' });
    const condition = compression === '' ? {} : { compression };
    const image = findResult(record, platform.id, 'image.transfer', condition);
    const stop = findResult(record, platform.id, 'stop.graceful');
    const unfair = baseline !== null && forbiddingFinding(record, platform.id, baseline) !== undefined;
    const ratio = comparison
      ? figure(comparison.ratio, 'ratio')
      : platform.id === baseline
        ? 'baseline'
        : unfair
          ? 'unfair'
          : '–';
    const interval =
      comparison && comparison.ciLow !== null
        ? ` (${range(comparison.ciLow, comparison.ciHigh, 'ratio')})`
        : '';
    return {
      platform,
      ready,
      memory,
      image,
      stop,
      comparison,
      texts: {
        ready: medianText(ready),
        ratio,
        ratioWithInterval: `${ratio}${interval}`,
        interval: intervalText(ready),
        memory: medianText(memory),
        image: medianText(image),
        stop: medianText(stop),
      },
    };
  });
  return { baseline, compression, rows };
}

export function medianText(result: RecordedResult | undefined): string {
  return result ? figure(result.summary.median, result.unit) : '–';
}

/** The interval of the median, or in words why there is none. */
export function intervalText(result: RecordedResult | undefined): string {
  if (!result) return '–';
  const { n, ciLow, ciHigh } = result.summary;
  if (n === 0) return 'no samples';
  if (isExact(result)) return 'exact';
  if (ciLow !== null && ciHigh !== null) return range(ciLow, ciHigh, result.unit);
  return `need ≥ ${leastSamples} samples (${n})`;
}

/** The size of a file has no spread: one look says it all. The marginal cost of an instance is sampled. */
function isExact(result: RecordedResult): boolean {
  return result.metric.startsWith('image.') && result.metric !== 'image.marginal';
}

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
