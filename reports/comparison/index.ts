/** Every reporter of a comparison of runs by name. */
import type { RunComparison } from '../../bench/record/comparison.ts';
import { jsonReporter } from '../json.ts';
import type { Reporter } from '../reporter.ts';
import { comparisonCsv } from './csv.ts';
import { comparisonHtml } from './html.ts';
import { comparisonMarkdown } from './markdown.ts';
import { comparisonTerminal } from './terminal.ts';

export const comparisonReporters = {
  terminal: comparisonTerminal,
  html: comparisonHtml,
  markdown: comparisonMarkdown,
  csv: comparisonCsv,
  json: jsonReporter('the comparison itself, JSON'),
} satisfies Record<string, Reporter<RunComparison>>;
