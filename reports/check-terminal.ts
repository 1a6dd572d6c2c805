/** The result of a check on the terminal: what else differs, a line for each gate, and the sum. */
import { counted } from '../bench/record/figures.ts';
import { differenceText } from '../bench/record/facts.ts';
import { styleText } from 'node:util';
import type { RunDifference } from '../bench/record/comparison.ts';
import type { RecordedGate, RunRecord } from '../bench/record/schema.ts';
import type { RenderOptions } from './reporter.ts';
import { plainSpaces, printable, wrap } from './text-table.ts';

export interface CheckView {
  /** With the verdicts of the check. */
  record: RunRecord;
  /** The reference run; null where there is none. */
  against: Pick<RunRecord['run'], 'id' | 'startedAt'> | null;
  differences: readonly RunDifference[];
}

type Style = Parameters<typeof styleText>[0];

export function checkTerminal({ record, against, differences }: CheckView, options: RenderOptions): string {
  const paragraph = (text: string, style?: Style): string[] =>
    wrap(printable(text), options.columns, '  ').map((line) =>
      style && options.colour ? styleText(style, line, { validateStream: false }) : line,
    );
  const title = against
    ? `${record.run.id} against ${against.id}, the reference of ${against.startedAt}`
    : `${record.run.id} against its own gates`;
  const lines = [
    ...paragraph(title, 'bold'),
    ...differences.flatMap((each) => paragraph(`note: ${differenceText(each)}`, 'dim')),
    '',
    ...record.gates.flatMap((gate) => paragraph(gateText(gate), styles[gate.verdict])),
    '',
    ...paragraph(sum(record.gates)),
  ];
  return plainSpaces(`${lines.join('\n')}\n`);
}

/** A gate's verdict in one paragraph. */
export function gateText({ id, verdict, level, expected, found, detail }: RecordedGate): string {
  const only = level === 'warn' ? ' (warn only)' : '';
  return `gate ${verdict.toUpperCase()}${only}: ${id}: expected ${expected}, found ${found} (${detail})`;
}

const styles = {
  pass: 'green',
  fail: 'red',
  inconclusive: 'yellow',
  skipped: 'dim',
} as const satisfies Record<RecordedGate['verdict'], Style>;

function sum(gates: readonly RecordedGate[]): string {
  const words = { fail: 'failed', inconclusive: 'inconclusive', skipped: 'skipped', pass: 'passed' } as const;
  const parts = (Object.keys(words) as (keyof typeof words)[]).flatMap((verdict) => {
    const count = gates.filter((gate) => gate.verdict === verdict).length;
    return count === 0 ? [] : [`${count} ${words[verdict]}`];
  });
  return `${counted(gates.length, 'gate')}: ${parts.join(', ')}.`;
}
