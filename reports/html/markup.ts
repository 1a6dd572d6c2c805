/** HTML in which every value from elsewhere is escaped unless it is markup already. */
import { stripVTControlCharacters } from 'node:util';

export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Value = string | number | Markup | readonly Markup[] | null;

/** Template tag: interpolated text is escaped, markup and lists of markup are kept, null is nothing. */
export function markup(strings: TemplateStringsArray, ...values: Value[]): Markup {
  return new Markup(strings.map((part, index) => part + render(values[index] ?? null)).join(''));
}

/** JSON for a script element: no `<` is left that could end it. */
export function scriptJson(value: unknown): Markup {
  return new Markup(
    JSON.stringify(value)
      .replace(/</g, '\\u003c')
      .replace(/\u2028/g, '\\u2028')
      .replace(/\u2029/g, '\\u2029'),
  );
}

function render(value: Value): string {
  if (value === null) return '';
  if (value instanceof Markup) return value.text;
  if (typeof value === 'object') return value.map((part) => part.text).join('');
  // Control characters have no place in HTML; line breaks and tabs may be log lines.
  const text = stripVTControlCharacters(String(value)).replace(/[^\P{Cc}\n\t]/gu, ' ');
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
