/** The comparison of two fleets for a pull request or a job summary. */
import type { FleetComparison } from '../../../bench/record/fleet-comparison.ts';
import { list } from '../wording.ts';
import { markdownCell, markdownTable } from '../../tables/markdown-table.ts';
import type { Reporter } from '../../reporter.ts';
import { plainSpaces } from '../../text-table.ts';
import { cellsOf, columnsOf, findingsOf } from './rows.ts';
import {
  changesOf,
  countsText,
  groupTitle,
  headline,
  legend,
  missingTexts,
  notices,
  oddText,
} from './wording.ts';

export const fleetComparisonMarkdown: Reporter<FleetComparison> = {
  description: 'Markdown: what changed on the hosts, what that did to the figures, and the tables',
  file: null,
  render(comparison) {
    const blocks = [
      `# ${markdownCell(headline(comparison))}`,
      bullets(notices(comparison)),
      ...comparison.groups.flatMap((_, index) => groupBlocks(comparison, index)),
      `<sub>${markdownCell(legend(comparison))}</sub>`,
    ];
    return plainSpaces(`${blocks.filter((block) => block !== '').join('\n\n')}\n`);
  },
};

function groupBlocks(comparison: FleetComparison, index: number): string[] {
  const group = comparison.groups[index];
  if (!group) return [];
  const figures = comparison.figures.filter((each) => each.group === index);
  const names = group.hosts.map((host) => comparison.hosts[host] ?? '');
  return [
    `## ${markdownCell(groupTitle(group))}`,
    bullets([list(names), ...changesOf(group)]),
    bullets([
      ...findingsOf(figures, comparison.fleet.baseline).map(({ text }) => text),
      ...group.odd.map((odd) => `Odd: ${oddText(odd, comparison)}.`),
      ...missingTexts(comparison, index),
    ]),
    figures.length === 0 ? 'No figures.' : countsText(figures.map(({ change }) => change)),
    figures.length === 0
      ? ''
      : markdownTable(
          columnsOf(comparison).map(({ title }) => title),
          figures.map((each) => cellsOf(each, comparison)),
        ),
  ];
}

function bullets(texts: readonly string[]): string {
  return texts.map((text) => `- ${markdownCell(text)}`).join('\n');
}
