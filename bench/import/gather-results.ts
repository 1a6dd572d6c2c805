/** Imported samples as results of a record: one for each platform, metric and lens. */
import type { Mistake } from '../../scenarios/loader/error.ts';
import { metricOf, measureTitle } from '../../scenarios/measures/measures.ts';
import type { RecordedResult } from '../record/schema.ts';
import { summarize } from '../statistics/summary.ts';
import { refuse, type ImportedRow } from './read-samples.ts';

export interface Origin {
  /** As it is shown in messages. */
  path: string;
  /** Name of the file. */
  file: string;
  /** Wall-clock time of every sample, since nobody knows better; ISO 8601. */
  at: string;
}

/** @throws ScenarioError (exit 2) where rows of one figure contradict each other */
export function gatherResults(rows: readonly ImportedRow[], origin: Origin): RecordedResult[] {
  const figures = new Map<string, ImportedRow[]>();
  for (const row of rows) {
    const key = JSON.stringify([row.platform, row.metric, row.lens]);
    const found = figures.get(key);
    if (found) found.push(row);
    else figures.set(key, [row]);
  }
  const mistakes = [...figures.values()].flatMap((figure) => contradictions(figure, origin.path));
  refuse(mistakes);
  return [...figures.values()].map((figure) => resultOf(figure, origin));
}

function contradictions(figure: readonly ImportedRow[], file: string): Mistake[] {
  const blocks = new Map<number, number>();
  const [first] = figure;
  if (!first) return [];
  const name = `${first.metric} of ${first.platform}${first.lens === null ? '' : ` (${first.lens})`}`;
  return figure.flatMap((row) => {
    const { unit, better, block, cells } = row;
    const wrong = (column: keyof typeof cells, message: string): Mistake[] => {
      const { line = null, column: place = null } = cells[column] ?? cells.metric ?? {};
      return [{ file, line, column: place, message }];
    };
    if (unit !== first.unit) {
      const units = `${cells.unit?.text ?? unit} here, ${first.cells.unit?.text ?? first.unit} in line ${lineOf(first)}`;
      return wrong('unit', `${name} has two kinds of unit: ${units}`);
    }
    if (better !== first.better) {
      const words = `${better ?? 'nothing'} here, ${first.better ?? 'nothing'} in line ${lineOf(first)}`;
      return wrong('better', `${name} has two directions: ${words}`);
    }
    if (block === null) return [];
    const before = blocks.get(block);
    if (before !== undefined) {
      return wrong('block', `duplicate row: block ${block} of ${name} is in line ${before} already`);
    }
    blocks.set(block, lineOf(row));
    return [];
  });
}

function lineOf({ cells }: ImportedRow): number {
  return cells.metric?.line ?? 0;
}

function resultOf(figure: readonly ImportedRow[], { file, at }: Origin): RecordedResult {
  const [first] = figure;
  if (!first) throw new Error('a figure has at least one row');
  const { platform, metric, lens, unit, better } = first;
  const known = metricOf(metric);
  // With another unit it merely has the name of one of ours.
  const own = known?.unit === unit ? known : null;
  const measure = own?.measure ?? metric.split('.')[0] ?? metric;
  return {
    platform,
    measure,
    title: own ? measureTitle(measure) : measure,
    metric,
    ...(lens === null ? {} : { lens }),
    unit,
    better: better ?? own?.better ?? (unit === 'rps' ? 'higher' : 'lower'),
    definition: `As whoever measured it defines it: imported from ${file}.`,
    condition: {},
    samples: figure.map(({ value, block }, index) => ({ value, block: block ?? index + 1, at })),
    summary: summarize(figure.map(({ value }) => value)),
  };
}
