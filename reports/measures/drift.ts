import { figure } from '../../bench/record/figures.ts';
import { findResult } from '../../bench/record/queries.ts';
import type { RecordedDrift } from '../../bench/record/drift.ts';
import { markup, type Markup } from '../html/markup.ts';
import type { MeasureView } from './measure.ts';

export const drift: MeasureView = {
  headline: (record) => ({
    name: 'drift',
    title: 'drift',
    heading: 'Files that differ',
    meaning: 'files that are not as in the image after load',
    of: (platform) => findResult(record, platform, 'drift.files', { after: 'load' }),
  }),
  notes({ drift: lists = [] }) {
    // One block shows what there is; the figures say how far the others differ.
    const first = Math.min(...lists.map(({ block }) => block));
    const shown = lists.filter(({ block }) => block === first);
    return shown.length === 0 ? null : markup`${shown.map(listOf)}`;
  },
};

function listOf({ platform, after, against, files, omitted }: RecordedDrift): Markup {
  const total = files.length + omitted;
  const what =
    against === null ? `${platform} after ${after}` : `${platform}, two instances after the same load`;
  const count = total === 0 ? 'no file differs' : total === 1 ? '1 file differs' : `${total} files differ`;
  if (total === 0) return markup`<p>${what}: ${count}.</p>`;
  const lines = files.map(
    (file) =>
      markup`<dt>${file.change}, ${file.class}</dt><dd><code>${file.path}</code>${sizeOf(file.bytes)}</dd>`,
  );
  const more = omitted > 0 ? markup`<p>And ${omitted} more, which are counted, but not listed.</p>` : '';
  return markup`<details><summary>${what}: ${count}</summary><dl class="facts">${lines}</dl>${more}</details>`;
}

function sizeOf(bytes: number | null): string {
  return bytes === null ? '' : ` ${figure(bytes, 'bytes')}`;
}
