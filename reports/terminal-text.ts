/** Styled text for terminals. */
import { styleText } from 'node:util';
import type { RenderOptions } from './reporter.ts';
import { printable, wrap } from './text-table.ts';

export type Style = Parameters<typeof styleText>[0];

/** Lines of at most `columns`; all but the first are indented. */
export function paragraph(text: string, options: RenderOptions, style?: Style): string[] {
  const lines = wrap(printable(text), options.columns, '  ');
  return style ? lines.map((line) => paint(style, line, options)) : lines;
}

export function paint(style: Style, text: string, { colour }: Pick<RenderOptions, 'colour'>): string {
  return colour ? styleText(style, text, { validateStream: false }) : text;
}
