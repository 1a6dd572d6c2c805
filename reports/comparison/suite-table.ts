/** One table of the runs of a suite: a line for each workload, and what each platform costs over the baseline. */
import { figure, range } from '../../bench/record/figures.ts';
import { baselineOf, comparisonFor, ranPlatforms } from '../../bench/record/queries.ts';
import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';
import { headlineFigures } from '../headline-figures.ts';
import { plainSpaces, textTable, type TextColumn } from '../text-table.ts';
import { platformName } from '../wording.ts';

/**
 * @param records of one suite, in its order
 * @returns empty where there is nothing to join
 */
export function suiteTable(name: string, records: readonly RunRecord[]): string {
  const [first] = records;
  if (first === undefined || records.length < 2) return '';
  const baseline = baselineOf(first);
  const platforms = [
    ...new Map(records.flatMap(ranPlatforms).map((each) => [each.id, platformName(each)])),
  ].filter(([id]) => id !== baseline);
  const columns: TextColumn[] = [
    { title: 'workload', align: 'left' },
    { title: baseline ?? 'baseline', align: 'right' },
    ...platforms.map(([, title]): TextColumn => ({ title, align: 'right' })),
  ];
  const rows = records.map((record) => {
    const [shown] = headlineFigures(record).shown;
    const reference = baseline === null ? undefined : shown.of(baseline);
    return [
      record.workload.name,
      reference ? figure(reference.summary.median, reference.unit) : '–',
      ...platforms.map(([id]) => ratioCell(record, shown.of(id))),
    ];
  });
  const lines = [
    `${name}: ${baseline ?? 'the baseline'} as median, the others as ratio to it with its interval (95 %)`,
    '',
    ...textTable(columns, rows),
  ];
  return plainSpaces(`${lines.join('\n')}\n`);
}

/** `1.02× 0.99–1.05×`: a ratio without an interval says so by its absence. */
function ratioCell(record: RunRecord, result: RecordedResult | undefined): string {
  const comparison = result && comparisonFor(record, result);
  if (!comparison) return '–';
  const { ratio, ciLow, ciHigh } = comparison;
  const interval = ciLow === null || ciHigh === null ? '' : ` ${range(ciLow, ciHigh, 'ratio')}`;
  return `${figure(ratio, 'ratio')}${interval}`;
}
