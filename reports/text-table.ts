/** Text in columns. */
import { stripVTControlCharacters } from 'node:util';

export interface TextColumn {
  title: string;
  align: 'left' | 'right';
}

/** Lines of a table; the first is the header. Cells are single lines without colour. */
export function textTable(columns: readonly TextColumn[], rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((column, index) =>
    Math.max(width(column.title), ...rows.map((row) => width(row[index] ?? ''))),
  );
  const line = (cells: readonly string[]): string =>
    columns
      .map((column, index) => pad(cells[index] ?? '', widths[index] ?? 0, column.align))
      .join('  ')
      .trimEnd();
  return [line(columns.map((column) => column.title)), ...rows.map(line)];
}

/** A table of text alone, with a newline at its end. */
export function plainTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const columns = head.map((title): TextColumn => ({ title, align: 'left' }));
  return `${textTable(columns, rows).join('\n')}\n`;
}

/** Wraps words into lines of at most `columns`, all but the first indented. A longer word keeps its own line. */
export function wrap(text: string, columns: number, indent = ''): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/[ \t\r\n]+/).filter((part) => part !== '')) {
    if (line !== '' && width(line) + 1 + width(word) > columns) {
      lines.push(line);
      line = indent + word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return line === '' ? lines : [...lines, line];
}

/** Text from elsewhere must not move the cursor, colour the screen or break a line. */
export function printable(text: string): string {
  return stripVTControlCharacters(text).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu, ' ');
}

/** For plain text, where a no-break space has done its work once the lines are broken. */
export function plainSpaces(text: string): string {
  return text.replaceAll('\u00a0', ' ');
}

export function width(text: string): number {
  return Array.from(text).length;
}

function pad(text: string, columns: number, align: TextColumn['align']): string {
  const space = ' '.repeat(Math.max(0, columns - width(text)));
  return align === 'left' ? text + space : space + text;
}
