/** The table of a group's figures, for every format that has one, and which changes are findings. */
import { figure } from '../../../bench/record/figures.ts';
import type { ChangedFigure, FleetChange, FleetComparison } from '../../../bench/record/fleet-comparison.ts';
import { pCell } from '../../../bench/record/p-value.ts';
import { resultName } from '../../wording.ts';
import { changeInterval, changeText, figureSentence, ratioSentence, verdictText } from './wording.ts';

export interface Column {
  title: string;
  align: 'left' | 'right';
}

/** The last one only where there is a ratio to the baseline. */
export function columnsOf(comparison: FleetComparison): Column[] {
  const columns: Column[] = [
    { title: 'platform', align: 'left' },
    { title: 'figure', align: 'left' },
    { title: 'hosts', align: 'right' },
    { title: 'reference', align: 'right' },
    { title: 'fleet', align: 'right' },
    { title: 'change', align: 'right' },
    { title: '95 %', align: 'right' },
    { title: 'p', align: 'right' },
    { title: 'shows', align: 'left' },
  ];
  return hasRatio(comparison)
    ? [...columns, { title: `change over ${comparison.fleet.baseline ?? ''}`, align: 'right' }]
    : columns;
}

export function cellsOf(changed: ChangedFigure, comparison: FleetComparison): string[] {
  const { platform, accel, hosts, reference, fleet, unit, change, overBaseline } = changed;
  const cells = [
    accel === 'tcg' ? `${platform} (TCG)` : platform,
    resultName(changed),
    String(hosts.length),
    figure(reference, unit),
    figure(fleet, unit),
    changeText(change, unit),
    changeInterval(change, unit),
    change.test ? pCell(change.test.pAdjusted) : '–',
    verdictText(changed),
  ];
  return hasRatio(comparison) ? [...cells, overBaseline ? changeText(overBaseline, 'ratio') : '–'] : cells;
}

function hasRatio({ figures }: FleetComparison): boolean {
  return figures.some(({ overBaseline }) => overBaseline !== null);
}

export interface Finding {
  verdict: FleetChange['verdict'];
  text: string;
}

/** Changes that stand out, of figures and of ratios to the baseline; what is worse comes first. */
export function findingsOf(figures: readonly ChangedFigure[], baseline: string | null): Finding[] {
  const order: FleetChange['verdict'][] = ['worse', 'better', 'hint'];
  const found = figures.flatMap((changed): Finding[] => {
    const { change, overBaseline } = changed;
    const ratio = overBaseline && {
      verdict: overBaseline.verdict,
      text: ratioSentence(changed, overBaseline, baseline),
    };
    return [
      { verdict: change.verdict, text: figureSentence(changed) },
      // Of an exact figure the ratio says nothing more.
      ...(ratio && changed.isExact !== true ? [ratio] : []),
    ];
  });
  return found
    .filter(({ verdict }) => order.includes(verdict))
    .sort((a, b) => order.indexOf(a.verdict) - order.indexOf(b.verdict));
}
