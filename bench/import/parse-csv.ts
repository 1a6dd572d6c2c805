/** CSV as RFC 4180 has it, with the place of every cell, so that a mistake in one can be pointed at. */

export interface CsvCell {
  text: string;
  /** From 1; of the cell's first character. */
  line: number;
  column: number;
}

/** @returns rows of cells without the empty lines, up to the place where a quote makes no sense */
export function parseCsv(text: string): {
  rows: CsvCell[][];
  broken: (Omit<CsvCell, 'text'> & { message: string }) | null;
} {
  const rows: CsvCell[][] = [];
  let row: CsvCell[] = [];
  let [line, lineBegan] = [1, 0];
  // A byte order mark is no part of the first name.
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  while (at < text.length) {
    const place = { line, column: at - lineBegan + 1 };
    let cell = '';
    const isQuoted = text[at] === '"';
    if (isQuoted) {
      const end = closingQuote(text, at);
      if (end === -1) return { rows, broken: { ...place, message: 'this quote is never closed' } };
      cell = text.slice(at + 1, end).replaceAll('""', '"');
      for (
        let next = text.indexOf('\n', at);
        next !== -1 && next < end;
        next = text.indexOf('\n', next + 1)
      ) {
        line += 1;
        lineBegan = next + 1;
      }
      at = end + 1;
    }
    const end = /[,\r\n]|$/g;
    end.lastIndex = at;
    const stop = end.exec(text)?.index ?? text.length;
    const plain = text.slice(at, stop);
    if (isQuoted && plain.trim() !== '') {
      const message = 'text follows the closing quote; expected a comma, and quotes inside of quotes doubled';
      return { rows, broken: { line, column: at - lineBegan + 1, message } };
    }
    cell += plain;
    row.push({ ...place, text: cell.trim() });
    at = stop;
    if (text[at] === ',') {
      at += 1;
      // A comma at the very end stands before an empty cell.
      if (at < text.length) continue;
      row.push({ line, column: at - lineBegan + 1, text: '' });
    }
    at += text.startsWith('\r\n', at) ? 2 : 1;
    line += 1;
    lineBegan = at;
    if (row.some((each) => each.text !== '')) rows.push(row);
    row = [];
  }
  return { rows, broken: null };
}

/** @returns index of the quote that closes the one at `opening`; two in a row are one that belongs to the text */
function closingQuote(text: string, opening: number): number {
  for (let at = text.indexOf('"', opening + 1); at !== -1; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at;
  }
  return -1;
}
