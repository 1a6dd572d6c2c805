/** Every reporter of a comparison of fleets by name; the names are those of a comparison of runs. */
import type { FleetComparison } from '../../../bench/record/fleet-comparison.ts';
import type { comparisonReporters } from '../../comparison/index.ts';
import { jsonReporter } from '../../json.ts';
import type { Reporter } from '../../reporter.ts';
import { fleetComparisonCsv } from './csv.ts';
import { fleetComparisonHtml } from './html.ts';
import { fleetComparisonMarkdown } from './markdown.ts';
import { fleetComparisonTerminal } from './terminal.ts';

export const fleetComparisonReporters = {
  terminal: fleetComparisonTerminal,
  html: fleetComparisonHtml,
  markdown: fleetComparisonMarkdown,
  csv: fleetComparisonCsv,
  json: jsonReporter('the comparison itself, JSON'),
} satisfies Record<keyof typeof comparisonReporters, Reporter<FleetComparison>>;
