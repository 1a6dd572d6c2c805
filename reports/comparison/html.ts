/** The comparison of runs as a page: a section per run with its differences, its findings and its figures. */
import type { ComparedFigure, ComparedPair, RunComparison } from '../../bench/record/comparison.ts';
import { markup, type Markup } from '../html/markup.ts';
import { page } from '../html/page.ts';
import type { Reporter } from '../reporter.ts';
import { cellsOf, columns, findingsOf, shownFigures } from './rows.ts';
import { countsText, differenceNotice, figureSentence, legend, missingText, pairTitle } from './wording.ts';

export const comparisonHtml: Reporter<RunComparison> = {
  description: 'one self-contained HTML page',
  file: null,
  render: (comparison, { home }) =>
    page({
      title: 'Comparison',
      home,
      head: markup`<header>
<p class="kicker">Tare · comparison · reference ${comparison.reference.id}</p>
<h1>${comparison.pairs.map((pair) => countsText(shownFigures(pair))).join(' ')}</h1>
</header>`,
      sections: comparison.pairs.map((pair, index) => ({
        id: `run-${index + 1}`,
        title: pairTitle(pair, comparison),
        content: pairContent(pair, comparison),
      })),
      footer: markup`${legend(comparison)}`,
      charts: [],
    }),
};

function pairContent(pair: ComparedPair, comparison: RunComparison): Markup {
  const notices = [
    ...pair.differences.map((difference) => differenceNotice(difference, comparison.forced)),
    ...pair.missing.map((missing) => missingText(missing, pair, comparison)),
  ];
  const shown = shownFigures(pair);
  return markup`${notices.map((text) => markup`<p class="notice">${text}</p>\n`)}${list(
    findingsOf(shown).map((figure) => figureSentence(figure, comparison.families)),
  )}${shown.length === 0 ? null : table(shown, `Figures of ${pair.run.id}`)}`;
}

function list(lines: readonly string[]): Markup | null {
  return lines.length === 0
    ? null
    : markup`<ul class="plain">${lines.map((line) => markup`<li>${line}</li>\n`)}</ul>`;
}

function table(figures: readonly ComparedFigure[], title: string): Markup {
  return markup`<div class="scroll" tabindex="0" role="region" aria-label="${title}">
<table>
<thead><tr>${columns.map(({ title: name, align }) => markup`<th scope="col"${number(align)}>${name}</th>`)}</tr></thead>
<tbody>${figures.map(row)}</tbody>
</table>
</div>`;
}

function row(figure: ComparedFigure): Markup {
  const [platform = '', ...cells] = cellsOf(figure);
  return markup`<tr><th scope="row">${platform}</th>${cells.map(
    (text, index) => markup`<td${number(columns[index + 1]?.align)}>${text}</td>`,
  )}</tr>
`;
}

function number(align: 'left' | 'right' | undefined): Markup | null {
  return align === 'right' ? markup` class="number"` : null;
}
