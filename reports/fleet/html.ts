/** The fleet as a page: platform × class, every host a point, the odd ones named, and a map of hosts by figure. */
import type { FleetFigure, FleetRecord } from '../../bench/record/fleet.ts';
import { counted } from '../../bench/record/figures.ts';
import { markup, type Markup } from '../html/markup.ts';
import { page, type Section } from '../html/page.ts';
import type { Reporter } from '../reporter.ts';
import { resultName } from '../wording.ts';
import { hostMap } from './map.ts';
import { pointsSection } from './points.ts';
import {
  classTitle,
  commonText,
  estimateText,
  headline,
  intervalText,
  methodText,
  notices,
  oddLegend,
  oddText,
  spreadText,
} from './wording.ts';

export const fleetHtml: Reporter<FleetRecord> = {
  description: 'one self-contained HTML page: classes side by side, every host a point, a map of hosts',
  file: null,
  render(fleet) {
    const shown = [
      { id: 'gates', title: 'Gates', content: gates(fleet) },
      { id: 'odd', title: 'Odd hosts', content: oddHosts(fleet) },
      { id: 'figures', title: 'Platforms and classes', content: figures(fleet) },
      { id: 'points', title: 'Every host', content: pointsSection(fleet) },
      { id: 'map', title: 'Map of hosts', content: hostMap(fleet) },
      { id: 'classes', title: 'Classes', content: classes(fleet) },
      { id: 'hosts', title: 'Hosts and runs', content: runs(fleet) },
    ].filter((section): section is Section => section.content !== null);
    return page({
      title: `${fleet.scenario}: fleet`,
      head: markup`<header>
<p class="kicker">Tare · fleet · ${[...new Set([fleet.firstAt, fleet.lastAt].map((at) => at.slice(0, 10)))].join(' to ')}</p>
<h1>${headline(fleet)}</h1>
${notices(fleet).map((text) => markup`<p class="notice"><strong>Note</strong> ${text}</p>\n`)}</header>`,
      sections: shown,
      footer: markup`Typical is the geometric mean of the hosts’ medians: each host counts once, and ratios are taken within a host. Between and within are standard deviations: of the hosts, and of what one host’s samples leave open.`,
      charts: [],
    });
  },
};

function gates({ gates: judged }: FleetRecord): Markup | null {
  if (judged.length === 0) return null;
  return tableOf(
    'All gates',
    ['Gate', 'Class', 'Verdict', 'Expected', 'Found', 'Detail'],
    judged.map(
      ({ id, class: name, verdict, level, expected, found, detail }) =>
        markup`<tr><th scope="row">${id}</th><td>${name}</td><td class="verdict-${verdict}">${verdict}${level === 'warn' ? ' (warn only)' : ''}</td><td>${expected}</td><td>${found}</td><td>${detail}</td></tr>\n`,
    ),
  );
}

function oddHosts(fleet: FleetRecord): Markup {
  const found = fleet.classes.flatMap(({ odd }) => odd);
  const common = fleet.classes.flatMap((each) =>
    each.common.map((fact) => `Class ${each.name}: ${commonText(fact)}.`),
  );
  return markup`${
    found.length === 0
      ? markup`<p>No host is odd.</p>`
      : markup`<ul class="plain">${found.map((each) => markup`<li class="level-${each.direction === 'worse' ? 'error' : 'note'}">${oddText(each, fleet)}</li>\n`)}</ul>`
  }${common.map((text) => markup`<p>${text}</p>\n`)}
<p class="quiet">${oddLegend(fleet)}</p>`;
}

/** A table per figure: platforms down, classes across. */
function figures(fleet: FleetRecord): Markup {
  const names = [...new Set(fleet.figures.map(resultName))];
  const rows = names.map((name) => {
    const same = fleet.figures.filter((each) => resultName(each) === name);
    const platforms = [...new Set(same.map(({ platform }) => platform))];
    return markup`<tbody>
<tr class="metric"><th colspan="${1 + fleet.classes.length}" scope="rowgroup"><strong>${name}</strong></th></tr>
${platforms.map(
  (platform) => markup`<tr><th scope="row">${platform}</th>${fleet.classes.map((_, index) => {
    const one = same.find((each) => each.class === index && each.platform === platform);
    return markup`<td>${one ? cell(one, fleet.baseline) : '–'}</td>`;
  })}</tr>
`,
)}</tbody>
`;
  });
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="Figures by platform and class">
<table class="fleet">
<thead><tr><th scope="col">Platform</th>${fleet.classes.map(({ name, hosts }) => markup`<th scope="col">Class ${name} (${counted(hosts.length, 'host')})</th>`)}</tr></thead>
${rows}</table>
</div>`;
}

function cell({ value, ratio, unit, hosts }: FleetFigure, baseline: string | null): Markup {
  const varied = ratio ?? value;
  return markup`<strong title="${methodText(value)}">${estimateText(value, unit)}</strong> <span class="quiet">${intervalText(value, unit)}</span>${
    ratio
      ? markup`<br>${estimateText(ratio, 'ratio')} over ${baseline ?? ''} <span class="quiet">${intervalText(ratio, 'ratio')}</span>`
      : null
  }<br><span class="quiet">${counted(hosts.length, 'host')}, between ${spreadText(varied, 'between', unit)}, within ${spreadText(varied, 'within', unit)}</span>`;
}

function classes(fleet: FleetRecord): Markup {
  return markup`${fleet.classes.map(
    (each) => markup`<h3>${classTitle(each)}</h3>
<details class="figures"><summary>What makes class ${each.name}</summary>
${tableOf(
  `Facts of class ${each.name}`,
  ['Fact', 'Value'],
  each.facts.map(({ fact, value }) => markup`<tr><th scope="row">${fact}</th><td>${value}</td></tr>\n`),
)}</details>
`,
  )}`;
}

function runs({ hosts, runs: all, classes: groups }: FleetRecord): Markup {
  return markup`<details class="figures"><summary>All runs: ${all.length}</summary>
${tableOf(
  'All runs',
  ['Host', 'Class', 'Run', 'Status', 'Samples', 'Started'],
  all.map((run) => {
    const host = hosts[run.host];
    return markup`<tr><th scope="row">${host?.name ?? ''}</th><td>${groups[host?.class ?? 0]?.name ?? ''}</td><td>${run.file}</td><td>${run.status}</td><td class="number">${run.samples}</td><td>${run.startedAt}</td></tr>\n`;
  }),
)}</details>`;
}

function tableOf(name: string, head: readonly string[], rows: readonly Markup[]): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${name}">
<table>
<thead><tr>${head.map((title) => markup`<th scope="col">${title}</th>`)}</tr></thead>
<tbody>${rows}</tbody>
</table>
</div>`;
}
