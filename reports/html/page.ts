/** The frame of a page: its head, its sections with links to them, and the data and scripts that draw its charts. */
import { ownAsset, pageScripts } from './assets.ts';
import type { Chart } from './chart.ts';
import { Markup, markup, scriptJson } from './markup.ts';

export interface Section {
  id: string;
  title: string;
  content: Markup;
}

export interface PageParts {
  title: string;
  /** Page that lists all runs, relative to this one. */
  home?: string | undefined;
  /** What comes before the sections. */
  head: Markup;
  sections: readonly Section[];
  footer: Markup;
  /** Charts that the sections have places for; absent: the page needs no script. */
  charts?: readonly Chart[];
  /** A page without charts that finds and compares runs. */
  script?: 'runs';
  /** Language of the page; absent: English. */
  lang?: string;
  /** A style of its own beside that of all pages. */
  extraStyle?: 'claims.css' | 'site.css' | 'slide.css';
}

/** @returns the page, with everything it needs in it */
export function page(parts: PageParts): string {
  const { title, home, head, sections, footer, charts, script, lang, extraStyle } = parts;
  const scripts = charts ? pageScripts(script ?? (charts.length > 0 ? 'charts' : 'tables')) : [];
  const styles = ['report.css', ...(extraStyle ? [extraStyle] : [])].map(ownAsset).join('');
  // Only the scripts written here may run.
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${scripts.length === 0 ? "'none'" : scripts.map(({ sha256 }) => `'sha256-${sha256}'`).join(' ')}`;
  return markup`<!doctype html>
<html lang="${lang ?? 'en'}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · Tare</title>
<link rel="icon" href="data:,">
<style>
${new Markup(styles)}</style>
</head>
<body>
<main>
${
  home === undefined
    ? null
    : markup`<nav aria-label="Site"><a href="${home}">All runs</a></nav>
`
}${head}
<nav aria-label="Sections"><ul>${sections.map(({ id, title: name }) => markup`<li><a href="#${id}">${name}</a></li>`)}</ul></nav>
${sections.map(
  ({ id, title: name, content }) => markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${name}</h2>
${content}
</section>
`,
)}</main>
<footer>${footer}</footer>
${charts ? markup`<script type="application/json" id="chart-data">${scriptJson(charts)}</script>\n` : null}${scripts.map(({ text }) => markup`<script>${new Markup(text)}</script>\n`)}</body>
</html>
`.text;
}
