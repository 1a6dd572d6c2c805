/** The result of a check on the terminal: what else differs, the gates with those that did not pass first, and the sum. */
import { counted } from '../bench/record/figures.ts';
import { differenceText } from '../bench/record/facts.ts';
import type { RunDifference } from '../bench/record/comparison.ts';
import type { RecordedGate, RunRecord } from '../bench/record/schema.ts';
import { gateLines } from './gate-lines.ts';
import type { RenderOptions } from './reporter.ts';
import { paragraph } from './terminal-text.ts';
import { plainSpaces } from './text-table.ts';

export interface CheckView {
  /** With the verdicts of the check. */
  record: RunRecord;
  /** The reference run; null where there is none. */
  against: Pick<RunRecord['run'], 'id' | 'startedAt'> | null;
  differences: readonly RunDifference[];
}

export function checkTerminal({ record, against, differences }: CheckView, options: RenderOptions): string {
  const title = against
    ? `${record.run.id} against ${against.id}, the reference of ${against.startedAt}`
    : `${record.run.id} against its own gates`;
  const lines = [
    ...paragraph(title, options, 'bold'),
    ...differences.flatMap((each) => paragraph(`note: ${differenceText(each)}`, options, 'dim')),
    '',
    ...gateLines(record.gates, options),
    '',
    ...paragraph(sum(record.gates), options),
  ];
  return plainSpaces(`${lines.join('\n')}\n`);
}

function sum(gates: readonly RecordedGate[]): string {
  const words = { fail: 'failed', inconclusive: 'inconclusive', skipped: 'skipped', pass: 'passed' } as const;
  const parts = (Object.keys(words) as (keyof typeof words)[]).flatMap((verdict) => {
    const count = gates.filter((gate) => gate.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${words[verdict]}`];
  });
  return `${counted(gates.length, 'gate')}: ${parts.join(', ')}.`;
}
