/** A table in Markdown, and text from elsewhere in Markdown. */
import { printable } from '../text-table.ts';

/** The first column is text, the others figures. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(markdownCell).join(' | ')} |`;
  const align = head.map((_, index) => (index === 0 ? ':--' : '--:'));
  return [line(head), `| ${align.join(' | ')} |`, ...rows.map(line)].join('\n');
}

/** Text from elsewhere as text: no markup, no mention, no line break. */
export function markdownCell(value: string): string {
  return printable(value)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_[\]|~#]/g, '\\$&')
    .replace(/@/g, '&#64;');
}
