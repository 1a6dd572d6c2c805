/** The comparison of two fleets as a page: a section for each group, and a map of how much each host changed. */
import type { ChangedFigure, FleetComparison, FleetGroup } from '../../../bench/record/fleet-comparison.ts';
import { mapOf, swatches } from '../map.ts';
import { markup, type Markup } from '../../html/markup.ts';
import { page } from '../../html/page.ts';
import type { Reporter } from '../../reporter.ts';
import { cellsOf, columnsOf, findingsOf, type Column } from './rows.ts';
import {
  changesOf,
  countsText,
  groupTitle,
  headline,
  legend,
  missingTexts,
  notices,
  oddText,
} from './wording.ts';

export const fleetComparisonHtml: Reporter<FleetComparison> = {
  description: 'one self-contained HTML page: each group of hosts, and how much each host changed',
  file: null,
  render: (comparison) =>
    page({
      title: `${comparison.fleet.name} against ${comparison.reference.name}`,
      head: markup`<header>
<p class="kicker">Tare · comparison of fleets · ${comparison.reference.firstAt.slice(0, 10)} and ${comparison.fleet.firstAt.slice(0, 10)}</p>
<h1>${headline(comparison)}</h1>
${notices(comparison).map((text) => markup`<p class="notice"><strong>Note</strong> ${text}</p>\n`)}</header>`,
      sections: comparison.groups.map((group, index) => ({
        id: `group-${index + 1}`,
        title: groupTitle(group),
        content: groupContent(group, index, comparison),
      })),
      footer: markup`${legend(comparison)}`,
      charts: [],
    }),
};

function groupContent(group: FleetGroup, index: number, comparison: FleetComparison): Markup {
  const figures = comparison.figures.filter((each) => each.group === index);
  const findings = findingsOf(figures, comparison.fleet.baseline);
  return markup`<ul class="plain">${changesOf(group).map((text) => markup`<li>${text}</li>\n`)}</ul>
<p class="quiet">${countsText(figures.map(({ change }) => change))}</p>
<ul class="plain">${findings.map(({ verdict, text }) => markup`<li class="level-${verdict === 'worse' ? 'error' : 'note'}">${text}</li>\n`)}${group.odd.map((odd) => markup`<li class="level-${odd.direction === 'worse' ? 'error' : 'note'}">Odd: ${oddText(odd, comparison)}</li>\n`)}</ul>
${missingTexts(comparison, index).map((text) => markup`<p class="notice">${text}</p>\n`)}${figures.length === 0 ? null : table(figures, groupTitle(group), comparison)}
${changeMap(group, figures, comparison)}`;
}

/** Every host with how much each of its figures changed; shares only. */
function changeMap(
  group: FleetGroup,
  figures: readonly ChangedFigure[],
  { hosts }: FleetComparison,
): Markup | null {
  const map = mapOf(
    { title: 'Every host', hosts: group.hosts, nameOf: (host) => hosts[host] ?? '' },
    figures
      .filter(({ change, isExact }) => change.spread === 'share' && isExact !== true)
      .map((figure) => ({
        figure,
        cells: new Map(
          figure.hosts.map((each) => [each.host, Math.log(each.fleet / each.reference)] as const),
        ),
      })),
  );
  return (
    map &&
    markup`<p class="quiet">Each cell is how much a host’s figure changed; the hosts that changed most come first. ${swatches}</p>
${map}`
  );
}

function table(figures: readonly ChangedFigure[], title: string, comparison: FleetComparison): Markup {
  const columns = columnsOf(comparison);
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Figures: ${title}">
<table>
<thead><tr>${columns.map((column) => markup`<th scope="col"${number(column)}>${column.title}</th>`)}</tr></thead>
<tbody>${figures.map((each) => {
    const [platform = '', ...cells] = cellsOf(each, comparison);
    return markup`<tr><th scope="row">${platform}</th>${cells.map((text, index) => markup`<td${number(columns[index + 1])}>${text}</td>`)}</tr>\n`;
  })}</tbody>
</table>
</div>`;
}

function number(column: Column | undefined): Markup | null {
  return column?.align === 'right' ? markup` class="number"` : null;
}
