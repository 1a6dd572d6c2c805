/** Every reporter of a fleet by name. */
import type { FleetRecord } from '../../bench/record/fleet.ts';
import { jsonReporter } from '../json.ts';
import type { Reporter } from '../reporter.ts';
import { fleetCsv } from './csv.ts';
import { fleetHtml } from './html.ts';
import { fleetMarkdown } from './markdown.ts';
import { fleetTerminal } from './terminal.ts';

export const fleetReporters = {
  terminal: fleetTerminal,
  html: fleetHtml,
  markdown: fleetMarkdown,
  csv: fleetCsv,
  json: jsonReporter('the record of the fleet itself, JSON'),
} satisfies Record<string, Reporter<FleetRecord>>;
