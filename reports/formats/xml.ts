/** XML 1.0 text, with every value escaped. */

export type Attributes = Readonly<Record<string, string | number>>;

/** An element with its children, or with text alone, on lines of their own. */
export function element(
  name: string,
  attributes: Attributes,
  content: readonly string[] | string = [],
): string {
  const head = `<${name}${Object.entries(attributes)
    .map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`)
    .join('')}`;
  if (content.length === 0) return `${head}/>`;
  if (typeof content === 'string') return `${head}>${escapeXml(content)}</${name}>`;
  return [`${head}>`, ...content, `</${name}>`].join('\n');
}

/** Characters that XML 1.0 cannot hold at all, not even escaped, become U+FFFD: https://www.w3.org/TR/xml/#charsets */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replace(/[&<>"\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}
