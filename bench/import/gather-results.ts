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
  const blocks = new Set<number>();
  const [first] = figure;
  return figure.flatMap(({ unit, better, block, cells }) => {
    const wrong = (column: keyof typeof cells, message: string): Mistake[] => {
      const { line = null, column: place = null } = cells[column] ?? {};
      return [{ file, line, column: place, message }];
    };
    if (unit !== first?.unit)
      return wrong('unit', 'the unit differs from that of earlier rows of this figure');
    if (better !== first.better) return wrong('better', 'better differs from earlier rows of this figure');
    if (block === null) return [];
    if (blocks.has(block)) return wrong('block', `block ${block} stands twice for this figure`);
    blocks.add(block);
    return [];
  });
}

function resultOf(figure: readonly ImportedRow[], { file, at }: Origin): RecordedResult {
  const [first] = figure;
  if (!first) throw new Error('a figure has at least one row');
  const { platform, metric, lens, better } = first;
  const unit = first.unit ?? metricOf(metric)?.unit ?? 'count';
  const measure = metric.split('.')[0] ?? metric;
  return {
    platform,
    measure,
    title: measureTitle(measure),
    metric,
    ...(lens === null ? {} : { lens }),
    unit,
    better: better ?? (unit === 'rps' ? 'higher' : 'lower'),
    definition: `As whoever measured it defines it: imported from ${file}.`,
    condition: {},
    samples: figure.map(({ value, block }, index) => ({ value, block: block ?? index + 1, at })),
    summary: summarize(figure.map(({ value }) => value)),
  };
}
