/** Every reporter by name. A new one is a file (or folder) and a line here. */
import { html } from './html/index.ts';
import { markdown } from './markdown.ts';
import type { Reporter } from './reporter.ts';
import { samplesCsv } from './samples-csv.ts';
import { summaryCsv } from './summary-csv.ts';
import { terminal } from './terminal.ts';

export const reporters = {
  terminal,
  markdown,
  html,
  'summary-csv': summaryCsv,
  'samples-csv': samplesCsv,
} satisfies Record<string, Reporter>;
