/** The comparison of runs for a pull request comment: what differs, what stands in the way, and the table folded away. */
import type { ComparedPair, RunComparison } from '../../bench/record/comparison.ts';
import { markdownCell, markdownTable } from '../tables/markdown-table.ts';
import type { Reporter } from '../reporter.ts';
import { plainSpaces } from '../text-table.ts';
import { cellsOf, columns, findingsOf, shownFigures } from './rows.ts';
import { countsText, differenceNotice, figureSentence, legend, missingText, pairTitle } from './wording.ts';

export const comparisonMarkdown: Reporter<RunComparison> = {
  description: 'Markdown for a pull request comment',
  file: null,
  render(comparison) {
    const blocks = [
      ...comparison.pairs.flatMap((pair) => pairBlocks(pair, comparison)),
      `<sub>${markdownCell(legend(comparison))}</sub>`,
    ];
    return plainSpaces(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
  },
};

function pairBlocks(pair: ComparedPair, comparison: RunComparison): string[] {
  const shown = shownFigures(pair);
  const table = markdownTable(
    columns.map(({ title }) => title),
    shown.map(cellsOf),
  );
  return [
    `## Tare: ${markdownCell(pairTitle(pair, comparison))}`,
    list([
      ...pair.differences.map((difference) => differenceNotice(difference, comparison.forced)),
      ...pair.missing.map((missing) => missingText(missing, pair, comparison)),
    ]),
    list(findingsOf(shown).map((figure) => figureSentence(figure, comparison.families))),
    shown.length === 0 ? '' : countsText(shown),
    shown.length === 0 ? '' : `<details><summary>All figures</summary>\n\n${table}\n\n</details>`,
  ];
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${markdownCell(line)}`).join('\n');
}
