import type { DensityPoint } from '../../bench/record/density.ts';
import type { DensityHeadline } from '../density.ts';
import { digits, figure } from '../../bench/record/figures.ts';
import { platformName } from '../wording.ts';
import { markup, type Markup } from './markup.ts';

const columns: { title: string; text: (point: DensityPoint) => string }[] = [
  { title: 'Instances', text: ({ n }) => String(n) },
  { title: 'Good', text: ({ good }) => (good ? 'yes' : 'no') },
  { title: 'Working set', text: ({ memory }) => figure(memory['workingset'], 'bytes') },
  { title: 'cgroup', text: ({ memory }) => figure(memory['cgroup'], 'bytes') },
  { title: 'PSS', text: ({ memory }) => figure(memory['pss'], 'bytes') },
  { title: 'Host', text: ({ memory }) => figure(memory['host'], 'bytes') },
  {
    title: 'Pressure',
    text: ({ pressure }) => (pressure ? `${digits(pressure.memoryFullAvg10)} %` : '–'),
  },
  { title: 'CPU', text: ({ cpuPercent }) => `${digits(cpuPercent)} %` },
  { title: 'p50', text: ({ load }) => figure(load.p50Ms, 'ms') },
  { title: 'p99', text: ({ load }) => figure(load.p99Ms, 'ms') },
  { title: 'Errors', text: ({ load }) => `${load.errors} of ${load.offered}` },
  { title: 'Worst p99', text: ({ worst }) => figure(worst?.p99Ms, 'ms') },
  { title: 'Startup', text: ({ startup }) => figure(startup?.medianMs, 'ms') },
];

/** Every step of every platform, folded away. */
export function densityStepsTable({ rows }: DensityHeadline): Markup {
  return markup`<details class="figures"><summary>Every step</summary>
<div class="scroll" tabindex="0" role="region" aria-label="Every step"><table>
<caption>Memory: all instances together. Pressure: memory full avg10. CPU: of all instances, of one core. Startup: of the newest. density.csv has all of it.</caption>
<thead><tr>${columns.map(({ title }) => markup`<th scope="col" class="number">${title}</th>`)}</tr></thead>
${rows.map(
  ({ platform, density }) => markup`<tbody>
<tr class="metric"><th colspan="${columns.length}" scope="rowgroup"><strong>${platformName(platform)}</strong> ${density.way}, ${density.starts} starts</th></tr>
${density.curve.map((point) => markup`<tr>${columns.map(({ text }) => markup`<td class="number">${text(point)}</td>`)}</tr>`)}</tbody>
`,
)}
</table></div></details>`;
}
