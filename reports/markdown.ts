/** A report for a pull request comment: the headline, what limits it, and all figures folded away. */
import type { Remarks } from './measures/measure.ts';
import { remarksOf } from './measures/views.ts';
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
import { markdownCell, markdownTable } from './tables/markdown-table.ts';
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
    `## Tare: ${markdownCell(runLines(record)[0] ?? '')}`,
    ...[importNotice(record), emulationNotice(record), statusNotice(record)]
      .filter((notice) => notice !== null)
      .map((notice) => `> **Note:** ${markdownCell(notice)}`),
    markdownCell(headlineSentence(record)),
    isOnlyDensity(record) ? '' : headlineTable(record),
    ...remarksOf(record).map(remarksText),
    densityTable(record),
    densityNotes(record),
    gatesTable(record),
    notes(record),
    ...record.failures.map(failureBlock),
    `<sub>${imageLine(record)}${markdownCell([hostLine(record), labLine(record)].filter(Boolean).join(' · '))} · tare ${markdownCell(record.run.tareVersion)} · run ${markdownCell(record.run.id)}</sub>`,
    allFigures(record),
  ];
}

function remarksText({ title, lines }: Remarks): string {
  const items = lines.map(([platform, text]) => `- ${markdownCell(`${platform}: ${text}`)}`);
  return `${title}:\n\n${items.join('\n')}`;
}

function imageLine({ workload }: RunRecord): string {
  const image = imageText(workload);
  return image === null ? '' : `image ${markdownCell(image)} · `;
}

export function markdownText(blocks: readonly string[]): string {
  return plainSpaces(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
}

function headlineTable(record: RunRecord): string {
  const { rows, columns } = headlineOf(record);
  if (rows.length === 0) return '';
  return markdownTable(
    ['Platform', ...columns.map(({ heading }) => heading)],
    rows.map((row) => [platformName(row.platform), ...columns.map((column) => column.text(row))]),
  );
}

function densityTable(record: RunRecord): string {
  const headline = densityOf(record);
  if (!headline) return '';
  return markdownTable(
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
      return `- ${markdownCell(`${platformName(row.platform)} ${limitSentence(row)}.${more}`)}`;
    })
    .join('\n');
}

function gatesTable(record: RunRecord): string {
  if (record.gates.length === 0) return '';
  return markdownTable(
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
        `- Fairness ${finding.level}: ${markdownCell(findingText(finding))} Fix: ${markdownCell(finding.remedy)}.`,
    ),
    ...skippedPlatforms(record).map(
      ({ id, skipped }) =>
        `- Skipped ${markdownCell(id)}: ${markdownCell(skipped.reason)} Fix: ${markdownCell(skipped.remedy)}`,
    ),
  ].join('\n');
}

function failureBlock(failure: RecordedFailure): string {
  const log = failure.log === null ? '' : ` Log: ${markdownCell(failure.log)}`;
  const title = `**Failed** ${markdownCell(failure.platform)}: ${markdownCell(failure.code)} during ${markdownCell(failure.measure)}: ${markdownCell(failure.message)}${log}`;
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
  return `<details><summary>All figures</summary>\n\n${markdownTable(head, rows)}\n\n</details>`;
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
