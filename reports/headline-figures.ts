/** Which figures a headline shows. Of a run of Tare's own they are always the same four, as far as it has them. */
import type { RecordedResult, RunRecord } from '../bench/record/schema.ts';
import { findResult, ranPlatforms } from '../bench/record/queries.ts';
import { resultName } from './wording.ts';

export interface HeadlineFigure {
  /** What the page's script orders rows by: letters and digits. */
  name: string;
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
  const ready = readyOf(record);
  const own = [ready, ...othersOf(record)].filter((one) => platforms.some(({ id }) => one.of(id)));
  const figures = record.run.imported ? [...own, ...foreignFigures(record, own)] : own;
  const [first = ready, ...rest] = figures.slice(0, most);
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

function readyOf(record: RunRecord): HeadlineFigure {
  return {
    name: 'ready',
    title: 'ready',
    heading: 'Ready',
    meaning: 'median from start to the first good answer, interval of at least 95 %',
    of: (platform) => findResult(record, platform, 'startup.ready'),
  };
}

function othersOf(record: RunRecord): HeadlineFigure[] {
  const compression = commonCompression(record);
  const [suffix, condition] = compression === '' ? ['', {}] : [` (${compression})`, { compression }];
  return [
    {
      name: 'memory',
      title: 'memory',
      heading: 'Memory (PSS at rest)',
      meaning: 'PSS at rest',
      of: (platform) => findResult(record, platform, 'memory.pss', { state: 'rest' }),
    },
    {
      name: 'image',
      title: `image${suffix}`,
      heading: `Image${suffix}`,
      meaning: 'what a pull transfers',
      of: (platform) => findResult(record, platform, 'image.transfer', condition),
    },
    {
      name: 'stop',
      title: 'stop',
      heading: 'Stop',
      meaning: 'graceful',
      of: (platform) => findResult(record, platform, 'stop.graceful'),
    },
  ];
}

/** Imported figures under their own names, in the order of the file. */
function foreignFigures(record: RunRecord, own: readonly HeadlineFigure[]): HeadlineFigure[] {
  const isShown = (result: RecordedResult): boolean => own.some((one) => one.of(result.platform) === result);
  const titles = new Set(record.results.filter((result) => !isShown(result)).map(resultName));
  return [...titles].map((title, index) => ({
    name: `figure${index + 1}`,
    title,
    heading: title,
    meaning: '',
    of: (platform) =>
      record.results.find((result) => result.platform === platform && resultName(result) === title),
  }));
}

/** The compression that most platforms have a transfer size for; zstd before others, being the smaller. */
function commonCompression(record: RunRecord): string {
  const counts = new Map<string, number>();
  for (const result of record.results) {
    const { compression } = result.condition;
    if (result.metric !== 'image.transfer' || typeof compression !== 'string') continue;
    counts.set(compression, (counts.get(compression) ?? 0) + (compression === 'zstd' ? 1.5 : 1));
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0] ?? '';
}
