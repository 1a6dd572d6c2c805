/** One self-contained page: style, script and data are in it, and nothing is fetched when it is viewed. */
import type { RunRecord } from '../../bench/record/schema.ts';
import type { Reporter } from '../reporter.ts';
import { pageAssets } from './assets.ts';
import { measureSections } from './chart-sections.ts';
import { isOnlyDensity } from '../density.ts';
import { densitySection } from './density-section.ts';
import { headlineSection } from './headline-section.ts';
import { Markup, markup, scriptJson } from './markup.ts';
import { machineSection, platformsSection, runSection, workloadSection } from './provenance-sections.ts';
import { failuresSection, fairnessSection, gatesSection, skippedSection } from './quality-sections.ts';

export const html: Reporter = {
  description: 'one self-contained HTML page with charts, tables and definitions',
  file: 'report.html',
  render(record) {
    const { style, scripts } = pageAssets();
    const { sections, charts } = measureSections(record);
    const density = densitySection(record, isOnlyDensity(record));
    const shown = [
      { id: 'gates', title: 'Gates', content: gatesSection(record) },
      { id: 'failures', title: 'Failures', content: failuresSection(record) },
      { id: 'skipped', title: 'Skipped platforms', content: skippedSection(record) },
      { id: 'density', title: 'Density', content: density?.content ?? null },
      ...sections,
      { id: 'fairness', title: 'Fairness', content: fairnessSection(record) },
      { id: 'platforms', title: 'Platforms', content: platformsSection(record) },
      { id: 'workload', title: 'Workload', content: workloadSection(record) },
      { id: 'machine', title: 'Machine', content: machineSection(record) },
      { id: 'run', title: 'Run', content: runSection(record) },
    ].filter((section): section is Section => section.content !== null);
    return page(record, shown, {
      style: new Markup(style),
      policy: `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src ${scripts.map(({ sha256 }) => `'sha256-${sha256}'`).join(' ')}`,
      data: scriptJson([...(density?.charts ?? []), ...charts]),
      scripts: scripts.map(({ text }) => markup`<script>${new Markup(text)}</script>\n`),
    }).text;
  },
};

interface Section {
  id: string;
  title: string;
  content: Markup;
}

interface PageParts {
  style: Markup;
  /** Content security policy: only the scripts written here may run. */
  policy: string;
  data: Markup;
  scripts: Markup[];
}

function page(record: RunRecord, sections: readonly Section[], parts: PageParts): Markup {
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${parts.policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${record.workload.name} · Tare</title>
<link rel="icon" href="data:,">
<style>
${parts.style}</style>
</head>
<body>
<main>
${headlineSection(record)}
<nav aria-label="Sections"><ul>${sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>
${sections.map(
  ({ id, title, content }) => markup`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${content}
</section>
`,
)}</main>
<footer>Written by tare ${record.run.tareVersion} from the record of run ${record.run.id}. Figures are rounded to three digits; <code>run.json</code>, <code>summary.csv</code> and <code>samples.csv</code> have all of them.</footer>
<script type="application/json" id="chart-data">${parts.data}</script>
${parts.scripts}</body>
</html>
`;
}
