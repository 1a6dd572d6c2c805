import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listMetrics, measureNames, metricOf } from '../../../scenarios/measures/measures.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', '..', 'docs', 'measures.md'), 'utf8');

/** What the page says below the heading of a measure. */
function sectionOf(measure: string): string {
  return page.split(/^## /m).find((section) => section.startsWith(`${measure}\n`)) ?? '';
}

it.each(measureNames)('docs/measures.md has a section on %s that names each of its metrics', (name) => {
  const section = sectionOf(name);
  expect(section).not.toBe('');
  for (const { name: metric, measure } of listMetrics()) {
    if (measure !== name) continue;
    // By its whole name, as a family, or in a table of lenses by its last part.
    const names = [metric, metric.replace(/<.*>$/, '*'), metric.slice(metric.indexOf('.') + 1)];
    const isNamed = names.some((each) => section.includes(`\`${each}\``));
    expect(isNamed, `${metric} in the section on ${name}`).toBe(true);
  }
});

it('docs/measures.md names no metric that there is not', () => {
  const named = [
    ...page.matchAll(
      /`((?:startup|completion|throughput|latency|cpu|stop|memory|image|density|burst|drift|portability)\.[a-zA-Z.-]+)(\*?)`/g,
    ),
  ];
  expect(named.length).toBeGreaterThan(5);
  for (const [, metric = '', star = ''] of named) {
    expect(metricOf(star === '' ? metric : `${metric}any`), metric).not.toBeNull();
  }
});
