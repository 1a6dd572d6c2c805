/** What a tired person reads in five seconds. Colour only adds: every message also says it in words. */
import { counted } from '../bench/record/figures.ts';
import { styleText } from 'node:util';
import type { RecordedFailure, RunRecord } from '../bench/record/schema.ts';
import { isOnlyDensity } from './density.ts';
import { densityLines } from './density-terminal.ts';
import { gateLines } from './gate-lines.ts';
import { legendText } from './headline-figures.ts';
import { headlineTable } from './tables/headline-table.ts';
import { headlineOf, type Headline, type HeadlineRow } from './headline.ts';
import { remarksOf } from './measures/views.ts';
import { emulationNotice, findingsToShow, findingText, importNotice, statusNotice } from './notices.ts';
import { runLines } from './provenance.ts';
import type { RenderOptions, Reporter } from './reporter.ts';
import { skippedPlatforms } from '../bench/record/queries.ts';
import { plainSpaces, printable, wrap } from './text-table.ts';
import { platformName } from './wording.ts';

type Paint = (style: Parameters<typeof styleText>[0], text: string) => string;

export const terminal: Reporter = {
  description:
    'table for the terminal: time to ready, ratio, interval, memory, image and stop of each platform',
  file: null,
  render(record, options) {
    const paint: Paint = (style, text) =>
      options.colour ? styleText(style, text, { validateStream: false }) : text;
    const blocks = [
      heading(record, options, paint),
      notices(record, options, paint),
      ...(isOnlyDensity(record) ? [] : [table(headlineOf(record), options, paint)]),
      ...remarksOf(record).map(({ title, lines }) => [
        `${title}:`,
        ...lines.flatMap(([platform, text]) =>
          wrap(`${printable(platform)}: ${printable(text)}`, options.columns - 2, '  ').map(
            (line) => `  ${line}`,
          ),
        ),
      ]),
      ...density(record, options, paint),
      gateLines(record.gates, options),
      findings(record, options, paint),
      skipped(record, options, paint),
      failures(record, options, paint),
    ];
    const shown = blocks.filter((block) => block.length > 0).map((block) => block.join('\n'));
    return plainSpaces(`${shown.join('\n\n')}\n`);
  },
};

function heading(record: RunRecord, { columns }: RenderOptions, paint: Paint): string[] {
  const [title, ...rest] = runLines(record).map((line) => wrap(printable(line), columns));
  return [
    ...(title ?? []).map((line) => paint('bold', line)),
    ...rest.flat().map((line) => paint('dim', line)),
  ];
}

function notices(record: RunRecord, { columns }: RenderOptions, paint: Paint): string[] {
  return [importNotice(record), emulationNotice(record), statusNotice(record)]
    .filter((notice) => notice !== null)
    .flatMap((notice) => wrap(`! ${printable(notice)}`, columns, '  '))
    .map((line) => paint('yellow', line));
}

function table(headline: Headline, options: RenderOptions, paint: Paint): string[] {
  if (headline.rows.length === 0) return ['No platform was run.'];
  const { lines, notes } = headlineTable(headline, options);
  const { columns } = options;
  const explained = [
    ...notes.flatMap((note) => wrap(note, columns)),
    '',
    ...legend(headline, columns, paint),
  ];
  const [titles, units, ...rows] = lines ?? [];
  if (titles !== undefined && units !== undefined) {
    return [paint('bold', titles), paint('dim', units), ...rows, ...explained];
  }
  return [...headline.rows.flatMap((row) => card(row, headline, columns, paint)), ...explained];
}

function density(record: RunRecord, { columns }: RenderOptions, paint: Paint): string[][] {
  const lines = densityLines(record, columns);
  if (!lines) return [];
  return [
    lines.table.map(({ text, strong }) => (strong ? paint('bold', text) : text)),
    lines.details,
    lines.legend.map((line) => paint('dim', line)),
  ];
}

/** A platform on lines of its own, for terminals that are too narrow for the table. */
function card(row: HeadlineRow, headline: Headline, columns: number, paint: Paint): string[] {
  const { baseline, shown } = headline;
  const [lead, ...others] = headline.columns.filter(({ kind }) => kind === 'figure');
  const interval = headline.columns.find(({ kind }) => kind === 'interval');
  const name = shown[0].name === 'ready' ? '' : `${printable(shown[0].title)} `;
  const ratio = row.ratio.endsWith('×') ? `${row.ratioWithInterval} ${printable(baseline ?? '')}` : row.ratio;
  const head = [
    printable(platformName(row.platform)),
    `${name}${lead?.text(row) ?? ''}`,
    ...(baseline === null ? [] : [ratio]),
  ];
  const rest = [
    ...(interval ? [`interval: ${interval.text(row)}`] : []),
    others.map((column) => `${printable(column.title)} ${column.text(row)}`).join(' · '),
  ];
  return [
    ...wrap(head.join(' · '), columns, '  ').map((line) => paint('bold', line)),
    ...rest.flatMap((text) => wrap(text, columns - 2)).map((line) => `  ${line}`),
  ];
}

function legend({ shown, left }: Headline, columns: number, paint: Paint): string[] {
  return wrap(printable(legendText({ shown, left })), columns).map((line) => paint('dim', line));
}

function findings(record: RunRecord, { columns }: RenderOptions, paint: Paint): string[] {
  const shown = findingsToShow(record).filter((finding) => finding.level !== 'note');
  const notes = record.fairness.filter((finding) => finding.level === 'note').length;
  return [
    ...shown.flatMap((finding) =>
      wrap(
        printable(`fairness ${finding.level}: ${findingText(finding)} Fix: ${finding.remedy}.`),
        columns,
        '  ',
      ).map((line) => paint(finding.level === 'error' ? 'red' : 'yellow', line)),
    ),
    ...(notes > 0 ? [paint('dim', `${counted(notes, 'fairness note')} in the report.`)] : []),
  ];
}

function skipped(record: RunRecord, { columns }: RenderOptions, paint: Paint): string[] {
  return skippedPlatforms(record).flatMap(({ id, skipped: { reason, remedy } }) => [
    ...wrap(printable(`skipped ${id}: ${reason}`), columns, '  ').map((line) => paint('yellow', line)),
    ...wrap(printable(`  fix: ${remedy}`), columns - 2).map((line) => `  ${line}`),
  ]);
}

function failures(record: RunRecord, options: RenderOptions, paint: Paint): string[] {
  return record.failures.flatMap((failure) => failureLines(failure, options, paint));
}

function failureLines(failure: RecordedFailure, { columns }: RenderOptions, paint: Paint): string[] {
  const block = failure.block === null ? '' : `, block ${failure.block}`;
  const text = `failed ${failure.platform}: ${failure.code} during ${failure.measure}${block}: ${failure.message}`;
  return [
    ...wrap(printable(text), columns, '  ').map((line) => paint('red', line)),
    ...failure.lines.slice(-3).map((line) => `  | ${printable(line).slice(0, Math.max(1, columns - 4))}`),
    ...(failure.log === null ? [] : [`  log: ${printable(failure.log)}`]),
  ];
}
