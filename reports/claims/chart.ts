/** The small chart of a card: bars from zero with their intervals, drawn without a script. */
import type { ReportedClaim } from '../../bench/record/claims/schema.ts';
import { markup, type Markup } from '../html/markup.ts';
import { chartRows, rowLabel, type Say } from './wording.ts';

/** More are a table's. */
const mostRows = 12;

export function chartOf(claim: ReportedClaim, words: Say): Markup | null {
  const rows = chartRows(claim).slice(0, mostRows);
  const most = Math.max(0, ...rows.map(({ high }) => high ?? 0));
  if (rows.length === 0 || most <= 0) return null;
  const share = (value: number | null): string => `${((Math.max(0, value ?? 0) / most) * 100).toFixed(2)}%`;
  return markup`<ul class="bars">${rows.map((row) => {
    const note = row.judged ? null : markup` <small>${words('card.unjudged')}</small>`;
    const interval =
      row.low === row.high || row.high === null
        ? null
        : markup`<span class="interval" style="left:${share(row.low)};width:calc(${share(row.high)} - ${share(row.low)})"></span>`;
    return markup`
<li><span class="name">${rowLabel(row)}</span><span class="track" aria-hidden="true"><span class="bar kind${row.judged ? '' : ' open'}" style="width:${share(row.value)}"></span>${interval}</span><span class="value">${row.text}${note}</span></li>`;
  })}
</ul>`;
}
