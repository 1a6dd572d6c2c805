/** The figures a tired person needs first: one row per platform. */
import { isExact } from '../bench/record/result.ts';
import type {
  RecordedComparison,
  RecordedPlatform,
  RecordedResult,
  RunRecord,
} from '../bench/record/schema.ts';
import { figure, range } from '../bench/record/figures.ts';
import { headlineFigures, type HeadlineFigure, type HeadlineFigures } from './headline-figures.ts';
import type { ColumnName } from './measures/column-names.ts';
import { baselineOf, comparisonFor, forbiddingFinding, ranPlatforms } from '../bench/record/queries.ts';

export interface HeadlineRow {
  platform: RecordedPlatform;
  /** What ratio and interval are of. */
  lead: RecordedResult | undefined;
  comparison: RecordedComparison | undefined;
  /** A dash where the record has nothing. */
  ratio: string;
  /** The ratio with its interval where it has one. */
  ratioWithInterval: string;
}

export interface HeadlineColumn {
  kind: 'figure' | 'ratio' | 'interval';
  /** By which `--columns` asks for it. */
  name: ColumnName;
  /** Where a legend says what it is. */
  title: string;
  /** Where none does. */
  heading: string;
  /** A dash where the record has nothing. */
  text: (row: HeadlineRow) => string;
  /** What it is of; a ratio has none. */
  result: (row: HeadlineRow) => RecordedResult | undefined;
}

export interface Headline extends HeadlineFigures {
  /** Id of the baseline platform, null when there is none. */
  baseline: string | null;
  /** The lead figure, what is said of it, and the others. */
  columns: readonly HeadlineColumn[];
  rows: HeadlineRow[];
}

/** Below this many samples there is no 95 % interval of a median, whatever the values. */
const leastSamples = 6;

export function headlineOf(record: RunRecord): Headline {
  const baseline = baselineOf(record);
  const figures = headlineFigures(record);
  const [lead, ...others] = figures.shown;
  const rows = ranPlatforms(record).map((platform) => rowOf(record, platform, lead, baseline));
  // Yes over no says nothing.
  const isYesNo = rows.some((row) => row.lead?.unit === 'yes-no');
  // The size of a file has none.
  const hasInterval = !isYesNo && rows.some((row) => row.lead === undefined || !isExact(row.lead));
  const columns = [
    figureColumn(lead),
    ...(baseline === null || isYesNo ? [] : [ratioColumn(baseline)]),
    ...(hasInterval ? [intervalColumn(lead)] : []),
    ...others.map(figureColumn),
  ];
  return { ...figures, baseline, columns, rows };
}

function rowOf(
  record: RunRecord,
  platform: RecordedPlatform,
  figureOfRow: HeadlineFigure,
  baseline: string | null,
): HeadlineRow {
  const lead = figureOfRow.of(platform.id);
  const comparison = lead && comparisonFor(record, lead);
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
  return { platform, lead, comparison, ratio, ratioWithInterval: `${ratio}${interval}` };
}

function figureColumn({ name, title, heading, of }: HeadlineFigure): HeadlineColumn {
  const result = ({ platform }: HeadlineRow): RecordedResult | undefined => of(platform.id);
  return { kind: 'figure', name, title, heading, text: (row) => medianText(result(row)), result };
}

function ratioColumn(baseline: string): HeadlineColumn {
  const title = `× ${baseline}`;
  return {
    ...{ kind: 'ratio', name: 'ratio', title, heading: title },
    text: ({ ratioWithInterval }) => ratioWithInterval,
    result: () => undefined,
  };
}

function intervalColumn(of: HeadlineFigure): HeadlineColumn {
  const [title, heading] = [`interval of ${of.title}`, `Interval of ${of.title}`];
  return {
    ...{ kind: 'interval', name: 'interval', title, heading },
    text: ({ lead }) => intervalText(lead),
    result: ({ lead }) => lead,
  };
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
