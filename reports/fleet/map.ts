/** A map of hosts by figure: a row per host, a column per figure, and how far each lies from the typical host. */
import type { FleetClass, FleetFigure, FleetRecord } from '../../bench/record/fleet.ts';
import { markup, type Markup } from '../html/markup.ts';
import { resultName } from '../wording.ts';
import { deviationText } from './wording.ts';

/** More cells make a page that no browser scrolls with ease; the CSV has all. */
const mostCells = 20_000;
const steps = [0.02, 0.05, 0.1];

export function hostMap(fleet: FleetRecord): Markup | null {
  const maps = fleet.classes.flatMap((each, index) => classMap(each, index, fleet) ?? []);
  if (maps.length === 0) return null;
  return markup`<p class="quiet">Each cell is one host’s figure against the typical host of its class; the hosts that differ most come first. <span class="swatch worse-1">2 % worse</span> <span class="swatch worse-2">5 %</span> <span class="swatch worse-3">10 %</span> <span class="swatch better-1">2 % better</span> <span class="swatch better-2">5 %</span> <span class="swatch better-3">10 %</span></p>
${maps}`;
}

function classMap(found: FleetClass, index: number, fleet: FleetRecord): Markup | null {
  const all = fleet.figures.filter(
    (each) => each.class === index && each.value.spread === 'share' && each.isExact !== true,
  );
  if (all.length === 0 || found.hosts.length < 2) return null;
  const shown = all.slice(0, Math.max(1, Math.floor(mostCells / found.hosts.length)));
  const columns = shown.map((figure) => ({
    figure,
    cells: new Map(figure.hosts.map(({ host, median }) => [host, Math.log(median / figure.value.value)])),
  }));
  const farthest = (host: number): number =>
    columns.reduce((most, { cells }) => Math.max(most, Math.abs(cells.get(host) ?? 0)), 0);
  const order = found.hosts
    .map((host) => ({ host, far: farthest(host) }))
    .sort((a, b) => b.far - a.far || a.host - b.host);
  const left = all.length - shown.length;
  return markup`<details class="figures"${found.hosts.length <= 60 ? markup` open` : null}><summary>Class ${found.name}: ${found.hosts.length} hosts</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Map of hosts of class ${found.name}">
<table class="map">
<thead><tr><th scope="col">Host</th>${shown.map((figure) => markup`<th scope="col"><span>${figure.platform}</span><br>${resultName(figure)}</th>`)}</tr></thead>
<tbody>${order.map(
    ({ host }) =>
      markup`<tr><th scope="row">${fleet.hosts[host]?.name ?? ''}</th>${columns.map(({ figure, cells }) => mapCell(cells.get(host), figure))}</tr>
`,
  )}</tbody>
</table>
</div>${left > 0 ? markup`<p class="quiet">${left} more figures are in fleet.csv.</p>` : null}</details>
`;
}

function mapCell(deviation: number | undefined, { better }: FleetFigure): Markup {
  if (deviation === undefined) return markup`<td>–</td>`;
  const step = steps.filter((least) => Math.abs(Math.expm1(deviation)) >= least).length;
  const way = deviation > 0 === (better === 'lower') ? 'worse' : 'better';
  return step === 0
    ? markup`<td>${deviationText(deviation)}</td>`
    : markup`<td class="${way}-${step}">${deviationText(deviation)}</td>`;
}
