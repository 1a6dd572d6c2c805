/**
 * A strict reader of the XML that Tare writes; it shares no code with the writer and throws on whatever it does not
 * know. That includes bare line breaks in attributes, which other readers would turn into spaces.
 */
export interface XmlElement {
  name: string;
  attributes: Record<string, string>;
  children: XmlElement[];
  text: string;
}

export function readXml(source: string): XmlElement {
  const illegal = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.exec(source);
  if (illegal) throw new Error(`character U+${illegal[0].charCodeAt(0).toString(16)} cannot be in XML`);
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!source.startsWith(declaration)) throw new Error('no XML declaration');
  const top: XmlElement = { name: '', attributes: {}, children: [], text: '' };
  const open = [top];
  const token = /<(\/?)([a-z]+)((?: [a-z]+="[^"<\t\n\r]*")*)(\/?)>|([^<]+)/gy;
  const body = source.slice(declaration.length);
  while (token.lastIndex < body.length) {
    const at = token.lastIndex;
    const match = token.exec(body);
    const current = open.at(-1);
    if (!match || !current) throw new Error(`not XML: ${body.slice(at, at + 60)}`);
    const [, closing, name = '', attributes = '', empty, text] = match;
    if (text !== undefined) {
      current.text += unescape(text);
    } else if (closing === '/') {
      if (open.pop()?.name !== name) throw new Error(`</${name}> closes nothing`);
    } else {
      const child = { name, attributes: attributesOf(attributes), children: [], text: '' };
      current.children.push(child);
      if (empty !== '/') open.push(child);
    }
  }
  const [root, ...more] = top.children;
  if (open.length !== 1 || !root || more.length > 0) throw new Error('not one whole element');
  return root;
}

function attributesOf(text: string): Record<string, string> {
  const pairs = [...text.matchAll(/([a-z]+)="([^"]*)"/g)];
  const keys = pairs.map(([, key]) => key);
  if (new Set(keys).size !== keys.length) throw new Error(`an attribute twice:${text}`);
  return Object.fromEntries(pairs.map(([, key = '', value = '']) => [key, unescape(value)]));
}

function unescape(text: string): string {
  return text.replace(/&(?:#(\d+);)?/g, (whole, code: string | undefined) => {
    if (code === undefined) throw new Error(`a bare ampersand: ${whole}`);
    return String.fromCharCode(Number(code));
  });
}
