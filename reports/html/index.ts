/** One self-contained page: style, script and data are in it, and nothing is fetched when it is viewed. */
import type { Reporter } from '../reporter.ts';
import { measureSections } from './chart-sections.ts';
import { isOnlyDensity } from '../density.ts';
import { densitySection } from './density-section.ts';
import { headlineSection } from './headline-section.ts';
import { markup } from './markup.ts';
import { page, type Section } from './page.ts';
import { machineSection, platformsSection, runSection, workloadSection } from './provenance-sections.ts';
import { failuresSection, fairnessSection, gatesSection, skippedSection } from './quality-sections.ts';

export const html: Reporter = {
  description: 'one self-contained HTML page with charts, tables and definitions',
  file: 'report.html',
  render(record, { home }) {
    const { sections, charts } = measureSections(record);
    const density = densitySection(record, isOnlyDensity(record));
    const densityFigures = density && sections.find(({ measure }) => measure === 'density');
    // Of figures that were measured elsewhere nobody knows where and on what.
    const known = <Content>(content: Content): Content | null => (record.run.imported ? null : content);
    const shown = [
      { id: 'gates', title: 'Gates', content: gatesSection(record) },
      { id: 'failures', title: 'Failures', content: failuresSection(record) },
      { id: 'skipped', title: 'Skipped platforms', content: skippedSection(record) },
      {
        id: 'density',
        title: 'Density',
        content: density && markup`${density.content}${densityFigures?.content ?? null}`,
      },
      ...sections.filter((section) => section !== densityFigures),
      { id: 'fairness', title: 'Fairness', content: fairnessSection(record) },
      { id: 'platforms', title: 'Platforms', content: known(platformsSection(record)) },
      { id: 'workload', title: 'Workload', content: known(workloadSection(record)) },
      { id: 'machine', title: 'Machine', content: known(machineSection(record)) },
      { id: 'run', title: 'Run', content: runSection(record) },
    ].filter((section): section is Section => section.content !== null);
    return page({
      title: record.workload.name,
      home,
      head: headlineSection(record),
      sections: shown,
      footer: markup`Written by tare ${record.run.tareVersion} from the record of run ${record.run.id}. Figures are rounded to three digits; <code>run.json</code>, <code>summary.csv</code> and <code>samples.csv</code> have all of them.`,
      charts: [...(density?.charts ?? []), ...charts],
    });
  },
};
