/** The density of a record as lines for the terminal: a table, and what stopped each platform. */
import {
  densityOf,
  extrapolationText,
  limitSentence,
  type DensityHeadline,
  type DensityRow,
} from './density.ts';
import type { RunRecord } from '../bench/record/schema.ts';
import { printable, textTable, width, wrap, type TextColumn } from './text-table.ts';
import { platformName } from './wording.ts';

export interface DensityLines {
  /** Table header, or the headings of the cards. */
  table: { text: string; strong: boolean }[];
  details: string[];
  legend: string[];
}

/** Null where the record has no density. */
export function densityLines(record: RunRecord, columns: number): DensityLines | null {
  const headline = densityOf(record);
  if (!headline) return null;
  return {
    table: table(headline, columns),
    details: headline.rows.flatMap((row) => details(row, columns)),
    legend: wrap(legendText(headline), columns),
  };
}

function table({ against, rows, hasMinimum }: DensityHeadline, columns: number): DensityLines['table'] {
  const heads: TextColumn[] = [
    { title: 'platform', align: 'left' },
    { title: 'instances', align: 'right' },
    { title: `× ${printable(against ?? 'baseline')}`, align: 'right' },
    { title: 'stopped by', align: 'left' },
    { title: 'per further instance', align: 'right' },
    { title: 'p99', align: 'right' },
    ...(hasMinimum ? [{ title: 'smallest memory', align: 'right' } as const] : []),
  ];
  const [head = '', ...lines] = textTable(
    heads,
    rows.map(({ platform, texts }) => [
      ...[printable(platformName(platform)), texts.instances, texts.ratio, texts.limit],
      ...[withInterval(texts), texts.p99, ...(hasMinimum ? [texts.minimum] : [])],
    ]),
  );
  if ([head, ...lines].every((line) => width(line) <= columns)) {
    return [{ text: head, strong: true }, ...lines.map((text) => ({ text, strong: false }))];
  }
  return rows.flatMap(({ platform, texts }) => {
    const ratio = texts.ratio.endsWith('×') ? [`${texts.ratio} ${printable(against ?? '')}`] : [];
    const title = [printable(platformName(platform)), `${texts.instances} instances`, ...ratio].join(' · ');
    const rest = `stopped by: ${texts.limit} · per further instance ${withInterval(texts)} · p99 ${texts.p99}${hasMinimum ? ` · smallest memory ${texts.minimum}` : ''}`;
    return [
      ...wrap(title, columns, '  ').map((text) => ({ text, strong: true })),
      ...wrap(rest, columns - 2).map((text) => ({ text: `  ${text}`, strong: false })),
    ];
  });
}

function details(row: DensityRow, columns: number): string[] {
  const name = printable(platformName(row.platform));
  const { extrapolation } = row.density;
  return [
    ...wrap(`${name}: ${printable(limitSentence(row))}`, columns, '  '),
    ...(extrapolation.length === 0
      ? []
      : wrap(
          `  extrapolated, not measured: ${extrapolation.map(extrapolationText).join(', ')}`,
          columns - 2,
        ).map((line) => `  ${line}`)),
  ];
}

function withInterval({ further, furtherInterval }: DensityRow['texts']): string {
  return furtherInterval === '' ? further : `${further} (${furtherInterval})`;
}

function legendText({ budget }: DensityHeadline): string {
  return (
    `instances: all held at once and serving, in ${budget} together. per further instance: slope of the working set, ` +
    'interval of at least 95 %. p99: over all of them while held.'
  );
}
