/** Which rows a page of many platforms shows, and in which order. Works with the page's script alone, and is hidden without it. */
import type { Headline, HeadlineRow } from '../headline.ts';
import { markup, type Markup } from './markup.ts';

/** A page of fewer platforms is read at a glance. */
const manyPlatforms = 6;

export function choiceOf({ rows, shown }: Headline): Markup | null {
  if (rows.length < manyPlatforms) return null;
  const kinds = [...new Set(rows.map(({ platform }) => platform.kind))];
  return markup`<form class="choice" hidden>
<label>Show <select name="kind"><option value="">all kinds</option>${kinds.map((kind) => markup`<option>${kind}</option>`)}</select></label>
<label>Order <select name="order"><option value="">as in the scenario</option><option value="kind">by kind</option>${shown.map(({ name, title }) => markup`<option value="${name}">by ${title}</option>`)}</select></label>
</form>
`;
}

/** What the script sorts a row of the headline by; a figure that is missing has no attribute. */
export function sortKeys({ platform }: HeadlineRow, { shown }: Headline): Markup {
  const keys = shown.flatMap(({ name, of }) => {
    const median = of(platform.id)?.summary.median ?? null;
    return median === null ? [] : [markup` data-${name}="${String(median)}"`];
  });
  return markup` data-platform="${platform.id}" data-kind="${platform.kind}"${keys}`;
}
