/** The fleet as Markdown: for a pull request or the summary of a CI job. */
import type { FleetFigure, FleetRecord } from '../../bench/record/fleet.ts';
import { markdownCell, markdownTable } from '../tables/markdown-table.ts';
import type { Reporter } from '../reporter.ts';
import { resultName } from '../wording.ts';
import {
  classTitle,
  commonText,
  estimateText,
  headline,
  intervalText,
  notices,
  oddLegend,
  oddText,
  spreadText,
} from './wording.ts';

export const fleetMarkdown: Reporter<FleetRecord> = {
  description: 'Markdown: each class with its figures, the odd hosts, the gates',
  file: null,
  render(fleet) {
    const parts = [
      `# ${markdownCell(headline(fleet))}`,
      bullets(notices(fleet)),
      gates(fleet),
      ...fleet.classes.flatMap((found, index) => [
        `## ${markdownCell(classTitle(found))}`,
        table(
          fleet.figures.filter((each) => each.class === index),
          fleet.baseline,
        ),
        bullets([
          ...found.odd.map((each) => `Odd: ${oddText(each, fleet)}.`),
          ...found.common.map((each) => `In common: ${commonText(each)}.`),
        ]),
      ]),
      markdownCell(oddLegend(fleet)),
    ];
    return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  },
};

function bullets(texts: readonly string[]): string {
  return texts.map((text) => `- ${markdownCell(text)}`).join('\n');
}

function gates({ gates: judged }: FleetRecord): string {
  if (judged.length === 0) return '';
  const rows = judged.map(({ id, class: name, verdict, level, expected, found, detail }) => [
    id,
    name,
    level === 'warn' ? `${verdict} (warn only)` : verdict,
    expected,
    `${found} (${detail})`,
  ]);
  return markdownTable(['Gate', 'Class', 'Verdict', 'Expected', 'Found'], rows);
}

function table(figures: readonly FleetFigure[], baseline: string | null): string {
  if (figures.length === 0) return 'No figures.';
  const head = [
    ...['Figure', 'Platform', 'Hosts', 'Typical', '95 %', `Over ${baseline ?? 'baseline'}`, '95 %'],
    ...['Between hosts', 'Within'],
  ];
  return markdownTable(
    head,
    figures.map((figure) => {
      const { platform, accel, hosts, unit, value, ratio } = figure;
      return [
        resultName(figure),
        accel === 'tcg' ? `${platform} (TCG)` : platform,
        String(hosts.length),
        estimateText(value, unit),
        intervalText(value, unit),
        ratio ? estimateText(ratio, 'ratio') : '–',
        ratio ? intervalText(ratio, 'ratio') : '–',
        spreadText(ratio ?? value, 'between', unit),
        spreadText(ratio ?? value, 'within', unit),
      ];
    }),
  );
}
