/** Every host as a point on a line: a row per class and platform, an axis per figure. Drawn without a script. */
import { figure } from '../../bench/record/figures.ts';
import type { FleetFigure, FleetRecord } from '../../bench/record/fleet.ts';
import { markup, Markup } from '../html/markup.ts';
import { resultName } from '../wording.ts';
import { estimateText } from './wording.ts';

/** The drawing is stretched to the width of the page; its strokes are not. */
const wide = 1000;
const high = 30;
/** Each point of more hosts cannot have words of its own. */
const mostWithWords = 200;

export function pointsSection(fleet: FleetRecord): Markup | null {
  const names = [...new Set(fleet.figures.map(resultName))];
  if (names.length === 0) return null;
  return markup`<p class="quiet">Each point is the median of one host, each bar the interval of its class with the typical host as a line. Odd hosts are drawn in red and named.</p>
${names.map((name) => axis(name, fleet))}`;
}

function axis(name: string, fleet: FleetRecord): Markup {
  const same = fleet.figures.filter((each) => resultName(each) === name);
  const all = same.flatMap(({ hosts, value }) => [
    ...hosts.map(({ median }) => median),
    ...(value.ciLow === null ? [] : [value.ciLow]),
    ...(value.ciHigh === null ? [] : [value.ciHigh]),
  ]);
  const low = all.reduce((least, value) => Math.min(least, value), Infinity);
  const top = all.reduce((most, value) => Math.max(most, value), -Infinity);
  // Platforms that are ten times as slow would press all others into one point.
  const isLog = low > 0 && top / low > 5;
  const scale = (value: number): number => (isLog ? Math.log(value) : value);
  const span = scale(top) - scale(low) || 1;
  const place = (value: number): number =>
    Math.round(20 + (wide - 40) * (top === low ? 0.5 : (scale(value) - scale(low)) / span));
  const unit = same[0]?.unit ?? 'count';
  return markup`<figure class="strips"><figcaption><h3>${name}</h3><p>${figure(low, unit)} to ${figure(top, unit)}${isLog ? ', logarithmic' : ''}</p></figcaption>
${same.map((each) => row(each, fleet, place))}</figure>
`;
}

function row(one: FleetFigure, fleet: FleetRecord, place: (value: number) => number): Markup {
  const found = fleet.classes[one.class];
  const odd = oddHostsOf(one, fleet);
  const { value, unit } = one;
  const usual = one.hosts.filter(({ host }) => !odd.has(host));
  const strange = one.hosts.filter(({ host }) => odd.has(host));
  const names = strange.map(({ host, median }) => `${fleet.hosts[host]?.name ?? ''} ${figure(median, unit)}`);
  const label = `${one.platform}, class ${found?.name ?? ''}: ${one.hosts.length} hosts, typical ${estimateText(value, unit)}${names.length === 0 ? '' : `; odd: ${names.join(', ')}`}`;
  return markup`<div class="strip"><span class="strip-name">${one.platform} <span class="quiet">${found?.name ?? ''}</span></span><svg viewBox="0 0 ${wide} ${high}" preserveAspectRatio="none" role="img" aria-label="${label}">${interval(one, place)}${points(usual, fleet, one, place, 'usual')}${points(strange, fleet, one, place, 'odd')}</svg><span class="strip-value">${estimateText(value, unit)}</span>${names.length === 0 ? null : markup`<span class="strip-odd">${names.join(', ')}</span>`}</div>
`;
}

function interval({ value }: FleetFigure, place: (value: number) => number): Markup {
  const at = place(value.value);
  const line = `<path class="typical" d="M${at} 2V${high - 2}"/>`;
  if (value.ciLow === null || value.ciHigh === null) return new Markup(line);
  const from = place(value.ciLow);
  const width = Math.max(2, place(value.ciHigh) - from);
  return new Markup(`<rect x="${from}" y="4" width="${width}" height="${high - 8}"/>${line}`);
}

/** A path of no length with a round end is a point, and stays round where the drawing is stretched. */
function points(
  hosts: FleetFigure['hosts'],
  fleet: FleetRecord,
  one: FleetFigure,
  place: (value: number) => number,
  kind: 'usual' | 'odd',
): Markup {
  if (hosts.length === 0) return markup``;
  // Side by side, so that equal hosts do not hide each other.
  const mark = (median: number, index: number): string => `M${place(median)} ${5 + ((index * 7) % 11) * 2}h0`;
  if (kind === 'usual' && hosts.length > mostWithWords) {
    return new Markup(
      `<path class="usual" d="${hosts.map(({ median }, index) => mark(median, index)).join('')}"/>`,
    );
  }
  return markup`${hosts.map(
    ({ host, median, n }, index) =>
      markup`<path class="${kind}" d="${mark(median, index)}"><title>${fleet.hosts[host]?.name ?? ''}: ${figure(median, one.unit)}, ${n} samples</title></path>`,
  )}`;
}

function oddHostsOf(one: FleetFigure, fleet: FleetRecord): Set<number> {
  const odd = fleet.classes[one.class]?.odd ?? [];
  return new Set(
    odd
      .filter((each) => resultName(each) === resultName(one) && [null, one.platform].includes(each.platform))
      .map(({ host }) => host),
  );
}
