/** Which rows a page of many platforms shows, and in which order. Works with the page's script alone, and is hidden without it. */
import type { HeadlineRow } from '../headline.ts';
import { markup, type Markup } from './markup.ts';

/** A page of fewer platforms is read at a glance. */
const manyPlatforms = 6;

const orders = ['ready', 'memory', 'image', 'stop'] as const;

export function choiceOf(rows: readonly HeadlineRow[]): Markup | null {
  if (rows.length < manyPlatforms) return null;
  const kinds = [...new Set(rows.map(({ platform }) => platform.kind))];
  return markup`<form class="choice" hidden>
<label>Show <select name="kind"><option value="">all kinds</option>${kinds.map((kind) => markup`<option>${kind}</option>`)}</select></label>
<label>Order <select name="order"><option value="">as in the scenario</option><option value="kind">by kind</option>${orders.map((name) => markup`<option value="${name}">by ${name}</option>`)}</select></label>
</form>
`;
}

/** What the script sorts a row of the headline by; a figure that is missing has no attribute. */
export function sortKeys(row: HeadlineRow): Markup {
  const keys = orders.flatMap((name) => {
    const median = row[name]?.summary.median ?? null;
    return median === null ? [] : [markup` data-${name}="${String(median)}"`];
  });
  return markup` data-platform="${row.platform.id}" data-kind="${row.platform.kind}"${keys}`;
}
