/** What another program sent, as it may be shown to a person. */

/** Controls (C0, DEL, C1), lone surrogates, and what changes the direction of text or has no width. */
const unsafe = /[\p{Cc}\p{Cs}\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"\\]/gu;

/** In quotes, and with everything escaped that a terminal or a browser would obey. */
export function shown(text: string, mostCharacters = 80): string {
  return `"${text.slice(0, mostCharacters).replace(unsafe, escape)}"${text.length > mostCharacters ? '…' : ''}`;
}

const short: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '"': '\\"', '\\': '\\\\' };

function escape(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  return short[character] ?? (code < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u${hex.padStart(4, '0')}`);
}
