/** A map of hosts by figure: a row per host, a column per figure, and how far each lies from the typical host. */
import type { FleetClass, FleetFigure, FleetRecord } from '../../bench/record/fleet.ts';
import { counted } from '../../bench/record/figures.ts';
import { markup, type Markup } from '../html/markup.ts';
import { resultName } from '../wording.ts';
import { deviationText } from './wording.ts';

/** More cells make a page that no browser scrolls with ease; the CSV has all. */
const mostCells = 20_000;
const steps = [0.02, 0.05, 0.1];

export function hostMap(fleet: FleetRecord): Markup | null {
  const maps = fleet.classes.flatMap((each, index) => classMap(each, index, fleet) ?? []);
  if (maps.length === 0) return null;
  return markup`<p class="quiet">Each cell is one host’s figure against the typical host of its class; the hosts that differ most come first. ${swatches}</p>
${maps}`;
}

function classMap(found: FleetClass, index: number, fleet: FleetRecord): Markup | null {
  const figures = fleet.figures.filter(
    (each) => each.class === index && each.value.spread === 'share' && each.isExact !== true,
  );
  if (found.hosts.length < 2) return null;
  return mapOf(
    { title: `Class ${found.name}`, hosts: found.hosts, nameOf: (host) => fleet.hosts[host]?.name ?? '' },
    figures.map((figure) => ({
      figure,
      cells: new Map(figure.hosts.map(({ host, median }) => [host, Math.log(median / figure.value.value)])),
    })),
  );
}

interface MapColumn {
  figure: Pick<FleetFigure, 'platform' | 'metric' | 'lens' | 'condition' | 'better'>;
  /** Logarithms of each host's figure over what it is seen against. */
  cells: ReadonlyMap<number, number>;
}

/** Null without a column. */
export function mapOf(
  { title, hosts, nameOf }: { title: string; hosts: readonly number[]; nameOf: (host: number) => string },
  all: readonly MapColumn[],
): Markup | null {
  if (all.length === 0) return null;
  const columns = all.slice(0, Math.max(1, Math.floor(mostCells / hosts.length)));
  const farthest = (host: number): number =>
    columns.reduce((most, { cells }) => Math.max(most, Math.abs(cells.get(host) ?? 0)), 0);
  const order = hosts
    .map((host) => ({ host, far: farthest(host) }))
    .sort((a, b) => b.far - a.far || a.host - b.host);
  const left = all.length - columns.length;
  return markup`<details class="figures"${hosts.length <= 60 ? markup` open` : null}><summary>${title}: ${counted(hosts.length, 'host')}</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Map of hosts: ${title}">
<table class="map">
<thead><tr><th scope="col">Host</th>${columns.map(({ figure }) => markup`<th scope="col"><span>${figure.platform}</span><br>${resultName(figure)}</th>`)}</tr></thead>
<tbody>${order.map(
    ({ host }) =>
      markup`<tr><th scope="row">${nameOf(host)}</th>${columns.map(({ figure, cells }) => mapCell(cells.get(host), figure))}</tr>
`,
  )}</tbody>
</table>
</div>${left > 0 ? markup`<p class="quiet">The CSV has ${left} more figures.</p>` : null}</details>
`;
}

/** What the colors of a map mean. */
export const swatches = markup`<span class="swatch worse-1">2 % worse</span> <span class="swatch worse-2">5 %</span> <span class="swatch worse-3">10 %</span> <span class="swatch better-1">2 % better</span> <span class="swatch better-2">5 %</span> <span class="swatch better-3">10 %</span>`;

function mapCell(deviation: number | undefined, { better }: Pick<FleetFigure, 'better'>): Markup {
  if (deviation === undefined) return markup`<td>–</td>`;
  const step = steps.filter((least) => Math.abs(Math.expm1(deviation)) >= least).length;
  const way = deviation > 0 === (better === 'lower') ? 'worse' : 'better';
  return step === 0
    ? markup`<td>${deviationText(deviation)}</td>`
    : markup`<td class="${way}-${step}">${deviationText(deviation)}</td>`;
}
