/** How many instances fit: the figure, what stopped it, the ramp, and what each part of the figure was made of. */
import type { RunRecord } from '../../bench/record/schema.ts';
import {
  densityLensName,
  densityOf,
  limitSentence,
  type DensityHeadline,
  type DensityRow,
} from '../density.ts';
import { figure, range } from '../../bench/record/figures.ts';
import { compareLenses, platformName } from '../wording.ts';
import type { Chart } from './chart.ts';
import { chartFigure } from './chart-figure.ts';
import type { WordedChart } from './chart-sections.ts';
import {
  densityLatencyChart,
  densityMemoryChart,
  densitySlopeChart,
  densityStartupChart,
} from './density-charts.ts';
import { densityStepsTable } from './density-steps.ts';
import { markup, type Markup } from './markup.ts';

const chartsOf = [
  {
    chart: densityMemoryChart,
    title: 'Memory over instances',
    caption:
      'All instances of a platform together. A ring is around the last number that was held; the legend says what stopped the next.',
  },
  {
    chart: densityLatencyChart,
    title: 'Latency over instances',
    caption: 'Open-loop load on all instances at once; latency counts from the moment a request was due.',
  },
  {
    chart: densityStartupChart,
    title: 'Startup over instances',
    caption: 'How long the newest took to be ready beside those that already served.',
  },
  {
    chart: densitySlopeChart,
    title: 'What a further instance takes',
    caption:
      'Slope of memory over instances (Theil–Sen), through every lens. Lines show the interval where there are five steps or more.',
  },
];

/** Null where the record has no density. */
export function densitySection(
  record: RunRecord,
  hasOwnHeadline: boolean,
): { content: Markup; charts: Chart[] } | null {
  const headline = densityOf(record);
  if (!headline) return null;
  const charts = densityCharts(record);
  const figures = charts.map(({ chart, words }) => chartFigure(chart, words));
  return {
    content: markup`${hasOwnHeadline ? null : densityHeadlineTable(headline)}${stops(headline)}${figures}${slopeTable(headline)}${extrapolationTable(headline)}${minimumTable(headline)}${densityStepsTable(headline)}`,
    charts: charts.map(({ chart }) => chart),
  };
}

export function densityCharts(record: RunRecord): WordedChart[] {
  return chartsOf.flatMap(({ chart: make, ...words }) => {
    const chart = make(record);
    return chart ? [{ chart, words: { ...words, table: 'Every step' } }] : [];
  });
}

/** On a phone each row becomes a card. */
export function densityHeadlineTable({ rows, against, budget, hasMinimum }: DensityHeadline): Markup {
  const cells: { title: string; text: (row: DensityRow) => Markup; strong?: true; words?: true }[] = [
    { title: 'Instances', text: ({ texts }) => markup`${texts.instances}`, strong: true },
    { title: `Times ${against ?? 'baseline'}`, text: ({ texts }) => markup`${texts.ratio}` },
    { title: 'Stopped by', text: ({ texts }) => markup`${texts.limit}`, words: true },
    {
      title: 'Per further instance',
      text: ({ texts }) =>
        markup`${texts.further}${texts.furtherInterval === '' ? null : markup` <small>${texts.furtherInterval}</small>`}`,
    },
    { title: 'p99', text: ({ texts }) => markup`${texts.p99}` },
    ...(hasMinimum ? [{ title: 'Smallest memory', text: minimumOf }] : []),
  ];
  const kind = ({ words }: (typeof cells)[number]): string => (words ? 'words' : 'number');
  return markup`<div class="headline scroll" tabindex="0" role="region" aria-label="Instances per platform">
<table>
<caption>Instances: held at once for a stated time with every one serving, in ${budget} together. Per further instance: slope of the working set, with an interval of at least 95 %. p99: over all instances while held.${hasMinimum ? ' Smallest memory: the lowest limit under which one instance still serves.' : null}</caption>
<thead><tr><th scope="col">Platform</th>${cells.map((cell) => markup`<th scope="col" class="${kind(cell)}">${cell.title}</th>`)}</tr></thead>
<tbody>${rows.map(
    (row) => markup`
<tr><th scope="row">${platformName(row.platform)}<small>${row.platform.kind}, ${row.platform.version}</small></th>${cells.map(
      (cell) =>
        markup`<td class="${kind(cell)}${cell.strong ? ' lead' : ''}" data-label="${cell.title}">${cell.text(row)}</td>`,
    )}</tr>`,
  )}
</tbody>
</table>
</div>`;
}

function minimumOf({ texts }: DensityRow): Markup {
  return markup`${texts.minimum}`;
}

/** With the evidence: the kernel's own lines, latencies, pressure. */
function stops({ rows }: DensityHeadline): Markup {
  return markup`<h3>What stopped the next one</h3>
<ul class="plain">${rows.map((row) => {
    const evidence = row.density.limit?.evidence ?? [];
    return markup`
<li><strong>${platformName(row.platform)}</strong> ${limitSentence(row)}.${
      evidence.length === 0
        ? null
        : markup`<details><summary>Evidence</summary><pre tabindex="0">${evidence.join('\n')}</pre></details>`
    }</li>`;
  })}
</ul>`;
}

function slopeTable({ rows }: DensityHeadline): Markup | null {
  const slopes = rows.flatMap(({ platform, density }) =>
    [...density.slope]
      .sort((a, b) => compareLenses(a.lens, b.lens))
      .map((slope) => [
        platformName(platform),
        densityLensName(slope.lens),
        figure(slope.bytesPerInstance, 'bytes'),
        slope.ciLow === null ? `too few steps (${slope.points})` : range(slope.ciLow, slope.ciHigh, 'bytes'),
        figure(slope.interceptBytes, 'bytes'),
        String(slope.points),
      ]),
  );
  if (slopes.length === 0) return null;
  return markup`<details class="figures"><summary>Memory per further instance, by lens</summary>${plainTable(
    'Slope of memory over instances by Theil and Sen, with its interval of at least 95 %. Fixed: what the first takes beyond a further one.',
    ['Platform', 'Lens', 'Per further instance', 'Interval', 'Fixed', 'Steps'],
    slopes,
  )}</details>`;
}

function extrapolationTable({ rows }: DensityHeadline): Markup | null {
  const found = rows.flatMap(({ platform, density }) =>
    density.extrapolation.map(({ budgetBytes, instances, low, high }) => [
      platformName(platform),
      figure(budgetBytes, 'bytes'),
      `about ${instances}`,
      low === null ? 'too few steps' : `${low} ${high === null ? 'or more' : `to ${high}`}`,
    ]),
  );
  if (found.length === 0) return null;
  return markup`<h3>In a larger budget</h3>
<p class="notice"><strong>Extrapolated</strong> Nobody has measured these: they count on from what was held, with the memory of a further instance, up to three times the budget. CPUs and everything else are taken to grow along.</p>
${plainTable('Only where memory was the limit.', ['Platform', 'Memory', 'Instances', 'Interval'], found)}`;
}

function minimumTable({ rows }: DensityHeadline): Markup | null {
  const steps = rows.flatMap(({ platform, density }) =>
    [...(density.minimumMemory?.steps ?? [])]
      .sort((a, b) => b.bytes - a.bytes)
      .map(({ bytes, serves, startupMs, p99Ms, detail }) => [
        platformName(platform),
        figure(bytes, 'bytes'),
        serves ? 'serves' : detail,
        figure(startupMs, 'ms'),
        figure(p99Ms, 'ms'),
      ]),
  );
  if (steps.length === 0) return null;
  return markup`<details class="figures"><summary>Every limit that was tried for the smallest memory</summary>${plainTable(
    'One instance alone under each limit, and whether it served within the objective.',
    ['Platform', 'Limit', 'Outcome', 'Startup', 'p99'],
    steps,
  )}</details>`;
}

function plainTable(caption: string, heads: readonly string[], rows: readonly (readonly string[])[]): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table>
<caption>${caption}</caption>
<thead><tr>${heads.map((head) => markup`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
    ([first, ...rest]) => markup`
<tr><th scope="row">${first ?? ''}</th>${rest.map((cell) => markup`<td>${cell}</td>`)}</tr>`,
  )}
</tbody></table></div>`;
}
