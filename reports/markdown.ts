/** A report for a pull request comment: the headline, what limits it, and all figures folded away. */
import { hostLine, imageText } from '../bench/record/facts.ts';
import type { RecordedFailure, RecordedResult, RunRecord } from '../bench/record/schema.ts';
import { densityOf, extrapolationText, isOnlyDensity, limitSentence } from './density.ts';
import { figure, range } from '../bench/record/figures.ts';
import { headlineOf, intervalText, medianText } from './headline.ts';
import {
  emulationNotice,
  findingsToShow,
  findingText,
  headlineSentence,
  importNotice,
  statusNotice,
} from './notices.ts';
import { labLine, runLines } from './provenance.ts';
import type { Reporter } from './reporter.ts';
import { comparisonFor, skippedPlatforms } from '../bench/record/queries.ts';
import { plainSpaces, printable } from './text-table.ts';
import { platformName, resultName } from './wording.ts';

export const markdown: Reporter = {
  description: 'Markdown for a pull request comment',
  file: 'report.md',
  render: (record) => markdownText(markdownBlocks(record)),
};

/** Parts of the report that are whole by themselves, the most important first. */
export function markdownBlocks(record: RunRecord): string[] {
  return [
    `## Tare: ${text(runLines(record)[0] ?? '')}`,
    ...[importNotice(record), emulationNotice(record), statusNotice(record)]
      .filter((notice) => notice !== null)
      .map((notice) => `> **Note:** ${text(notice)}`),
    text(headlineSentence(record)),
    isOnlyDensity(record) ? '' : headlineTable(record),
    densityTable(record),
    densityNotes(record),
    gatesTable(record),
    notes(record),
    ...record.failures.map(failureBlock),
    `<sub>${imageLine(record)}${text([hostLine(record), labLine(record)].filter(Boolean).join(' · '))} · tare ${text(record.run.tareVersion)} · run ${text(record.run.id)}</sub>`,
    allFigures(record),
  ];
}

function imageLine({ workload }: RunRecord): string {
  const image = imageText(workload);
  return image === null ? '' : `image ${text(image)} · `;
}

export function markdownText(blocks: readonly string[]): string {
  return plainSpaces(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

function headlineTable(record: RunRecord): string {
  const { rows, columns } = headlineOf(record);
  if (rows.length === 0) return '';
  return table(
    ['Platform', ...columns.map(({ heading }) => heading)],
    rows.map((row) => [platformName(row.platform), ...columns.map((column) => column.text(row))]),
  );
}

function densityTable(record: RunRecord): string {
  const headline = densityOf(record);
  if (!headline) return '';
  return table(
    [
      ...['Platform', 'Instances held', `× ${headline.against ?? 'baseline'}`, 'Stopped by'],
      ...[
        'Memory per further instance',
        'p99 while held',
        ...(headline.hasMinimum ? ['Smallest memory'] : []),
      ],
    ],
    headline.rows.map(({ platform, texts }) => [
      ...[platformName(platform), texts.instances, texts.ratio, texts.limit],
      `${texts.further}${texts.furtherInterval === '' ? '' : ` (${texts.furtherInterval})`}`,
      ...[texts.p99, ...(headline.hasMinimum ? [texts.minimum] : [])],
    ]),
  );
}

/** What stopped each platform, and what a larger budget might hold. */
function densityNotes(record: RunRecord): string {
  return (densityOf(record)?.rows ?? [])
    .map((row) => {
      const { extrapolation } = row.density;
      const more =
        extrapolation.length === 0
          ? ''
          : ` Extrapolated, not measured: ${extrapolation.map(extrapolationText).join(', ')}.`;
      return `- ${text(`${platformName(row.platform)} ${limitSentence(row)}.${more}`)}`;
    })
    .join('\n');
}

function gatesTable(record: RunRecord): string {
  if (record.gates.length === 0) return '';
  return table(
    ['Gate', 'Verdict', 'Expected', 'Found', 'Detail'],
    record.gates.map((gate) => [
      gate.id,
      gate.level === 'warn' ? `${gate.verdict} (warn only)` : gate.verdict,
      gate.expected,
      gate.found,
      gate.detail,
    ]),
  );
}

function notes(record: RunRecord): string {
  return [
    ...findingsToShow(record).map(
      (finding) =>
        `- Fairness ${finding.level}: ${text(findingText(finding))} To do: ${text(finding.remedy)}.`,
    ),
    ...skippedPlatforms(record).map(
      ({ id, skipped }) => `- Skipped ${text(id)}: ${text(skipped.reason)} To do: ${text(skipped.remedy)}`,
    ),
  ].join('\n');
}

function failureBlock(failure: RecordedFailure): string {
  const log = failure.log === null ? '' : ` Log: ${text(failure.log)}`;
  const title = `**Failed** ${text(failure.platform)}: ${text(failure.code)} during ${text(failure.measure)}: ${text(failure.message)}${log}`;
  if (failure.lines.length === 0) return title;
  const lines = failure.lines.map(printable).join('\n');
  const longest = Math.max(2, ...[...lines.matchAll(/`+/g)].map((match) => match[0].length));
  const fence = '`'.repeat(longest + 1);
  return `${title}\n\n${fence}text\n${lines}\n${fence}`;
}

function allFigures(record: RunRecord): string {
  if (record.results.length === 0) return '';
  const rows = record.results.map((result) => figureRow(record, result));
  const head = ['Figure', 'Platform', 'n', 'Median', 'Interval', 'Ratio', 'Lowest to highest'];
  return `<details><summary>All figures</summary>\n\n${table(head, rows)}\n\n</details>`;
}

function figureRow(record: RunRecord, result: RecordedResult): string[] {
  const comparison = comparisonFor(record, result);
  return [
    resultName(result),
    result.platform,
    String(result.summary.n),
    medianText(result),
    intervalText(result),
    comparison ? figure(comparison.ratio, 'ratio') : '–',
    range(result.summary.min, result.summary.max, result.unit),
  ];
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(text).join(' | ')} |`;
  const align = head.map((_, index) => (index === 0 ? ':--' : '--:'));
  return [line(head), `| ${align.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Text from elsewhere as text: no markup, no mention, no line break. */
function text(value: string): string {
  return printable(value)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replace(/@/g, '&#64;');
}
