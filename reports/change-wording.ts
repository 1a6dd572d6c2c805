/** A change in words: which way a figure has gone, and by which share. */
import type { RecordedResult } from '../bench/record/schema.ts';
import { isTime } from '../bench/record/figures.ts';

/** `slower`, `smaller`, `higher`: the way of a figure that has become more or less. */
export function directionOf(
  { unit, metric }: Pick<RecordedResult, 'unit' | 'metric'>,
  more: boolean,
): string {
  if (unit === 'bytes') return more ? 'larger' : 'smaller';
  // CPU time is used up, not waited for.
  if (isTime(unit) && !metric.startsWith('cpu.')) return more ? 'slower' : 'faster';
  return more ? 'higher' : 'lower';
}

export function signedPercent(share: number): string {
  return signed(percent(share), share);
}

/** The digits bring their own minus sign. */
export function signed(text: string, value: number): string {
  return value > 0 ? `+${text}` : text;
}

/** Two digits that count are enough for a share. */
export function percent(share: number): string {
  const rounded = Number((share * 100).toPrecision(2));
  const magnitude = Math.abs(rounded);
  const text = magnitude < 0.01 ? '0' : rounded.toFixed(magnitude >= 10 ? 0 : magnitude >= 1 ? 1 : 2);
  return `${text.replace('-', '−')}\u00a0%`;
}
