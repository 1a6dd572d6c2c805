/** Every reporter of the claims by name. */
import type { ClaimsReport } from '../../bench/record/claims/schema.ts';
import { jsonReporter } from '../json.ts';
import type { Reporter } from '../reporter.ts';
import { claimsHtml } from './html.ts';
import { claimsMarkdown } from './markdown.ts';
import { claimsTerminal } from './terminal.ts';

export const claimsReporters = {
  terminal: claimsTerminal,
  html: claimsHtml,
  markdown: claimsMarkdown,
  json: { ...jsonReporter<ClaimsReport>('the report itself, JSON'), file: 'claims.json' },
} satisfies Record<string, Reporter<ClaimsReport>>;
