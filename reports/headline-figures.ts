/** Which figures a headline shows. Each measure has at most one. */
import type { RecordedResult, RunRecord } from '../bench/record/schema.ts';
import { ranPlatforms } from '../bench/record/queries.ts';
import type { ColumnName } from './measures/column-names.ts';
import { startup } from './measures/startup.ts';
import { allViews } from './measures/views.ts';
import { resultName } from './wording.ts';

export interface HeadlineFigure {
  /** By which `--columns` asks for it, and the page's script orders rows. */
  name: ColumnName;
  /** Head of its column where a legend says what it is. */
  title: string;
  /** Head of its column where none does. */
  heading: string;
  /** What the legend says; empty for what only its author could say. */
  meaning: string;
  of: (platform: string) => RecordedResult | undefined;
}

export interface HeadlineFigures {
  /** The first is the one that ratio and interval are of. */
  shown: readonly [HeadlineFigure, ...HeadlineFigure[]];
  /** Imported figures that found no room. */
  left: number;
}

const most = 4;

export function headlineFigures(record: RunRecord): HeadlineFigures {
  const platforms = ranPlatforms(record);
  const own = allViews()
    .flatMap(({ headline }) => headline?.(record) ?? [])
    .filter((one) => platforms.some(({ id }) => one.of(id)));
  const figures = record.run.imported ? [...own, ...foreignFigures(record, own)] : own;
  const [first = startup.headline(record), ...rest] = figures.slice(0, most);
  return { shown: [first, ...rest], left: Math.max(0, figures.length - most) };
}

/** What a reader must know of the figures; of imported ones, that only their author can tell. */
export function legendText({ shown, left }: HeadlineFigures): string {
  const known = shown.filter(({ meaning }) => meaning !== '');
  const foreign = known.length === 0 ? 'Medians' : 'The others: medians';
  return [
    ...known.map(({ title, meaning }) => `${title}: ${meaning}.`),
    ...(known.length < shown.length ? [`${foreign}, as whoever measured them defines them.`] : []),
    ...(left > 0 ? [`More figures in the report: ${left}.`] : []),
  ].join(' ');
}

/** Imported figures under their own names, in the order of the file. */
function foreignFigures(record: RunRecord, own: readonly HeadlineFigure[]): HeadlineFigure[] {
  const isShown = (result: RecordedResult): boolean => own.some((one) => one.of(result.platform) === result);
  const titles = new Set(record.results.filter((result) => !isShown(result)).map(resultName));
  return [...titles].map((title, index) => ({
    name: `figure${index + 1}` as const,
    title,
    heading: title,
    meaning: '',
    of: (platform) =>
      record.results.find((result) => result.platform === platform && resultName(result) === title),
  }));
}
