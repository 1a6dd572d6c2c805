/** Every figure of a measure, grouped by what it is, each group with its definition in words. */
import { phaseOf } from '../../bench/record/result.ts';
import type { RecordedResult, RunRecord } from '../../bench/record/schema.ts';
import { figure, range } from '../../bench/record/figures.ts';
import { intervalText, medianText } from '../headline.ts';
import { baselineOf, comparisonFor, forbiddingFinding } from '../../bench/record/queries.ts';
import { orderPhases, resultName } from '../wording.ts';
import { markup, type Markup } from './markup.ts';

const columns = [
  'Platform',
  'Median',
  'Interval',
  'Ratio',
  'Lowest to highest',
  'Mean',
  'SD',
  'p90',
  'p99',
  'n',
];

/** Measures in the order in which the record has them. */
export function namesOfMeasure(record: RunRecord): string[] {
  return [...new Set(record.results.map((result) => result.measure))];
}

export function figuresTable(record: RunRecord, measure: string, title: string): Markup {
  const groups = groupByName(record.results.filter((result) => result.measure === measure));
  const baseline = baselineOf(record) ?? 'the baseline platform';
  return markup`<details class="figures"><summary>All figures: ${title}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="All figures: ${title}">
<table>
<caption>Ratio: median over the median of ${baseline}. n: samples that count. Intervals are of the median, of at least 95 %.</caption>
<thead><tr>${columns.map((name, index) => markup`<th scope="col"${index === 0 ? null : markup` class="number"`}>${name}</th>`)}</tr></thead>
${groups.map(([name, results]) => group(record, name, results))}
</table>
</div></details>`;
}

/** In the order of the record, phases in the order of a start. */
function groupByName(results: readonly RecordedResult[]): [name: string, results: RecordedResult[]][] {
  const groups = new Map<string, RecordedResult[]>();
  for (const result of results) {
    const name = resultName(result);
    groups.set(name, [...(groups.get(name) ?? []), result]);
  }
  const phases = orderPhases([...groups.keys()].map(phaseOf).filter((phase) => phase !== null));
  return [...groups].sort(([a], [b]) => {
    const [one, other] = [phaseOf(a), phaseOf(b)];
    return one === null || other === null ? 0 : phases.indexOf(one) - phases.indexOf(other);
  });
}

function group(record: RunRecord, name: string, results: readonly RecordedResult[]): Markup {
  return markup`<tbody>
<tr class="metric"><th colspan="${columns.length}" scope="rowgroup"><strong>${name}</strong>${definitions(results)}</th></tr>
${results.map((result) => row(record, result))}</tbody>
`;
}

/** One definition for all platforms, or one for each that differs. */
function definitions(results: readonly RecordedResult[]): Markup[] {
  const platforms = new Map<string, string[]>();
  for (const { definition, platform } of results) {
    platforms.set(definition, [...(platforms.get(definition) ?? []), platform]);
  }
  return [...platforms].map(
    ([definition, ids]) =>
      markup`<span class="definition">${platforms.size > 1 ? `${ids.join(', ')}: ` : ''}${definition}</span>`,
  );
}

function row(record: RunRecord, result: RecordedResult): Markup {
  const { summary, unit } = result;
  const cells = [
    medianText(result),
    intervalText(result),
    ratioText(record, result),
    range(summary.min, summary.max, unit),
    figure(summary.mean, unit),
    figure(summary.sd, unit),
    figure(summary.p90, unit),
    figure(summary.p99, unit),
    String(summary.n),
  ];
  const kind = record.platforms.find(({ id }) => id === result.platform)?.kind ?? '';
  return markup`<tr data-kind="${kind}"><th scope="row">${result.platform}</th>${cells.map((text) => markup`<td class="number">${text}</td>`)}</tr>
`;
}

function ratioText(record: RunRecord, result: RecordedResult): string {
  const comparison = comparisonFor(record, result);
  if (!comparison) {
    const baseline = baselineOf(record);
    const isCompared = record.comparisons.some((other) => other.metric === result.metric);
    if (result.platform === baseline) return isCompared ? 'baseline' : '–';
    return baseline !== null && forbiddingFinding(record, result.platform, baseline) ? 'unfair' : '–';
  }
  const { ratio, ciLow, ciHigh } = comparison;
  const interval = ciLow === null || ciHigh === null ? '' : ` (${range(ciLow, ciHigh, 'ratio')})`;
  return `${figure(ratio, 'ratio')}${interval}`;
}
