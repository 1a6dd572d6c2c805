/**
 * Workflow commands of GitHub Actions, https://docs.github.com/actions/reference/workflow-commands-for-github-actions:
 * printed by a step, they become annotations of its run.
 */
import type { RecordedFailure, RecordedGate, RunRecord } from '../../bench/record/schema.ts';
import { findingText, headlineSentence } from '../notices.ts';
import type { Reporter } from '../reporter.ts';
import { skippedPlatforms } from '../../bench/record/queries.ts';
import { plainSpaces, printable } from '../text-table.ts';

interface Annotation {
  kind: 'error' | 'warning' | 'notice';
  title: string;
  lines: readonly string[];
}

/** GitHub shows ten of each kind per step and drops the rest without a word; ten of all leave room for the step's own. */
const mostAnnotations = 10;
const mostLogLines = 5;
const longestLine = 500;

export const githubAnnotations: Reporter = {
  description: 'annotations for GitHub Actions (::error …), at most 10, for stdout',
  file: null,
  render(record) {
    const order = ['error', 'warning', 'notice'];
    const all = annotationsOf(record).sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind));
    return `${fitting(all).map(command).join('\n')}\n`;
  },
};

function annotationsOf(record: RunRecord): Annotation[] {
  return [
    ...record.gates.filter(({ verdict }) => verdict !== 'pass').map(gateAnnotation),
    ...record.failures.map(failureAnnotation),
    ...record.fairness
      .filter(({ level }) => level !== 'note')
      .map((finding): Annotation => {
        const lines = [findingText(finding), `Fix: ${finding.remedy}`];
        return { kind: 'warning', title: `Fairness ${finding.level}`, lines };
      }),
    ...skippedPlatforms(record).map(({ id, skipped }): Annotation => {
      const lines = [skipped.reason, `Fix: ${skipped.remedy}`];
      return { kind: 'notice', title: `Skipped ${id}`, lines };
    }),
    { kind: 'notice', title: 'Tare', lines: [headlineSentence(record)] },
  ];
}

function gateAnnotation({ id, verdict, level, expected, found, detail }: RecordedGate): Annotation {
  return {
    kind: verdict === 'fail' && level === 'error' ? 'error' : 'warning',
    title: `Gate ${verdict}: ${id}`,
    lines: [`expected ${expected}, found ${found} (${detail})`],
  };
}

function failureAnnotation({ platform, measure, code, message, lines }: RecordedFailure): Annotation {
  return {
    kind: 'error',
    title: `Failed ${platform}: ${code} during ${measure}`,
    lines: [message, ...lines.slice(-mostLogLines).map((line) => `| ${line}`)],
  };
}

/** The weightiest ones; the last place says how many had none. */
function fitting(all: readonly Annotation[]): Annotation[] {
  if (all.length <= mostAnnotations) return [...all];
  const shown = all.slice(0, mostAnnotations - 1);
  const rest = all.length - shown.length;
  return [...shown, { kind: 'notice', title: 'Tare', lines: [`${rest} more are in the report.`] }];
}

function command({ kind, title, lines }: Annotation): string {
  const message = lines.map((line) => escapeData(clean(line))).join('%0A');
  return `::${kind} title=${escapeData(clean(title)).replaceAll(':', '%3A').replaceAll(',', '%2C')}::${message}`;
}

function clean(text: string): string {
  return Array.from(plainSpaces(printable(text)))
    .slice(0, longestLine)
    .join('');
}

/** What the runner unescapes, https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}
