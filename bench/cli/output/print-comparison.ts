/** A comparison on stdout, as the command line asks for it. */
import { comparisonTerminal } from '../../../reports/comparison-terminal.ts';
import type { CommandContext } from '../../environment/context.ts';
import type { RunComparison } from '../../record/comparison.ts';
import { plainColumns } from './report-targets.ts';

export function printComparison(
  comparison: RunComparison,
  { json }: { json?: true | undefined },
  { stdout, columns, colour }: CommandContext,
): void {
  stdout.write(
    json
      ? `${JSON.stringify(comparison, null, 2)}\n`
      : comparisonTerminal(comparison, { columns: columns ?? plainColumns, colour }),
  );
}
