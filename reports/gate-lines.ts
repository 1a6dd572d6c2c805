/** The verdicts of gates on a terminal: of a run, of a check and of a fleet. */
import { counted } from '../bench/record/figures.ts';
import type { RecordedGate } from '../bench/record/schema.ts';
import type { RenderOptions } from './reporter.ts';
import { paragraph, type Style } from './terminal-text.ts';

const styles = {
  fail: 'red',
  inconclusive: 'yellow',
  skipped: 'dim',
  pass: 'green',
} as const satisfies Record<RecordedGate['verdict'], Style>;

/**
 * A paragraph for each gate, those that did not pass first. Skipped gates with one reason share a paragraph: a run that
 * has no reference would otherwise say the same of every gate that needs one.
 */
export function gateLines(gates: readonly RecordedGate[], options: RenderOptions): string[] {
  const verdicts = Object.keys(styles) as (keyof typeof styles)[];
  return verdicts.flatMap((verdict) => {
    const found = gates.filter((gate) => gate.verdict === verdict);
    const texts = verdict === 'skipped' ? skippedTexts(found) : found.map(gateText);
    return texts.flatMap((text) => paragraph(text, options, styles[verdict]));
  });
}

function skippedTexts(gates: readonly RecordedGate[]): string[] {
  const reasons = [...new Set(gates.map(({ detail }) => detail))];
  return reasons.flatMap((reason) => {
    const alike = gates.filter(({ detail }) => detail === reason);
    if (alike.length === 1) return alike.map(gateText);
    return [
      `${counted(alike.length, 'gate')} SKIPPED (each: ${reason}): ${alike.map(({ id }) => id).join(', ')}`,
    ];
  });
}

function gateText({ id, verdict, level, expected, found, detail }: RecordedGate): string {
  const only = level === 'warn' ? ' (warn only)' : '';
  return `gate ${verdict.toUpperCase()}${only}: ${id}: expected ${expected}, found ${found} (${detail})`;
}
