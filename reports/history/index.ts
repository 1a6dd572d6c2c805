/** Every reporter of a history by name. */
import type { RunHistory } from '../../bench/record/history.ts';
import { jsonReporter } from '../json.ts';
import type { Reporter } from '../reporter.ts';
import { historyCsv } from './csv.ts';
import { historyHtml } from './html.ts';
import { historyTerminal } from './terminal.ts';

export const historyReporters = {
  terminal: historyTerminal,
  html: historyHtml,
  csv: historyCsv,
  json: jsonReporter('the history itself, JSON'),
} satisfies Record<string, Reporter<RunHistory>>;
