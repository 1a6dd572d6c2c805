/** The runs of a suite as a table: a line for each workload, and what each platform costs over the baseline. */
import { figure, range } from '../../bench/record/figures.ts';
import { baselineOf, comparisonFor, ranPlatforms } from '../../bench/record/queries.ts';
import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';
import { headlineFigures } from '../headline-figures.ts';
import { plainSpaces, textTable, width, type TextColumn } from '../text-table.ts';
import { platformName } from '../wording.ts';

/** Wider lines break on a terminal, and then no column is one: the platforms go on below. */
const mostColumns = 100;

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
  const tableOf = (some: readonly (readonly [id: string, title: string])[]): string[] => {
    const columns: TextColumn[] = [
      { title: 'workload', align: 'left' },
      { title: baseline ?? 'baseline', align: 'right' },
      ...some.map(([, title]): TextColumn => ({ title, align: 'right' })),
    ];
    const rows = records.map((record) => {
      const [shown] = headlineFigures(record).shown;
      const reference = baseline === null ? undefined : shown.of(baseline);
      return [
        record.workload.name,
        reference ? figure(reference.summary.median, reference.unit) : '–',
        ...some.map(([id]) => ratioCell(record, shown.of(id))),
      ];
    });
    return textTable(columns, rows);
  };
  const lines = [
    `${name}: ${baseline ?? 'the baseline'} as median, the others as ratio to it with its interval (95 %)`,
    ...partsThatFit(platforms, (some) => Math.max(...tableOf(some).map(width))).flatMap((some) => [
      '',
      ...tableOf(some),
    ]),
  ];
  return plainSpaces(`${lines.join('\n')}\n`);
}

/** As many in each as the lines have room for, and one at least. */
function partsThatFit<T>(all: readonly T[], widthOf: (some: readonly T[]) => number): T[][] {
  const parts: T[][] = [[]];
  for (const each of all) {
    const part = parts.at(-1) ?? [];
    if (part.length > 0 && widthOf([...part, each]) > mostColumns) parts.push([each]);
    else part.push(each);
  }
  return parts;
}

/** `1.02× 0.99–1.05×`: a ratio without an interval says so by its absence. */
function ratioCell(record: RunRecord, result: RecordedResult | undefined): string {
  const comparison = result && comparisonFor(record, result);
  if (!comparison) return '–';
  const { ratio, ciLow, ciHigh } = comparison;
  const interval = ciLow === null || ciHigh === null ? '' : ` ${range(ciLow, ciHigh, 'ratio')}`;
  return `${figure(ratio, 'ratio')}${interval}`;
}
