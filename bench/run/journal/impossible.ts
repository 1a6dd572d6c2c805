/** What no measurement can yield. A figure that says it is a defect of Tare's, and never stands in a journal. */
import { InstanceFailure } from '../instance/failure.ts';
import type { JournalEvent } from './journal.ts';

interface Figure {
  metric: string;
  lens: string | null;
  value: number;
  /** The lower end of what the figure may truly be, where it is not known exactly. */
  earliest?: number | undefined;
}

/** Differences between two readings of the whole machine: other programs can turn them negative. */
const differences = ['memory.host', 'memory.unclaimed', 'cpu.request unclaimed', 'cpu.start unclaimed'];
/** What lives takes time and memory. */
const neverZero =
  /^(startup\.ready|completion\.(total|work)|memory\.(pss|rss|uss|cgroup|workingset|guest)|density\.minimumMemory)$/;

/** @throws InstanceFailure of class `impossible-value` for an event with a figure that cannot be */
export function refuseImpossible(event: JournalEvent): void {
  const why = impossibleIn(event);
  if (why === null) return;
  throw new InstanceFailure(
    'impossible-value',
    `${why}: no instance can show such a figure, so it is not recorded; please report this as a defect of Tare`,
  );
}

function impossibleIn(event: JournalEvent): string | null {
  if (event.type === 'sample') {
    const { metric, lens, sample } = event;
    return impossibility({ metric, lens, ...sample });
  }
  if (event.type === 'marks') {
    return numbersOf(event.marks).flatMap(([name, at]) => notFinite(`the mark ${name}`, at))[0] ?? null;
  }
  if (event.type === 'density-point') return impossiblePoint(event.point);
  if (event.type === 'density-end') return event.end.held && impossiblePoint(event.end.held);
  if (event.type === 'density-memory') {
    const { bytes } = event.minimum;
    return bytes === null
      ? null
      : impossibility({ metric: 'density.minimumMemory', lens: null, value: bytes });
  }
  return null;
}

/** Why this cannot be; null: it can. */
export function impossibility({ metric, lens, value, earliest }: Figure): string | null {
  const name =
    metric === 'memory.part' || metric === 'cpu.request' || metric === 'cpu.start'
      ? `${metric} ${lens ?? ''}`
      : metric;
  const [broken] = [...notFinite(name, value), ...(earliest === undefined ? [] : notFinite(name, earliest))];
  if (broken !== undefined) return broken;
  if (value < 0 && !differences.includes(name)) return `${name} is negative (${value})`;
  if (value === 0 && neverZero.test(metric)) return `${name} is 0`;
  if (earliest !== undefined && (earliest < 0 || earliest > value))
    return `${name} ends (${value}) before it begins (${earliest})`;
  return null;
}

function impossiblePoint(point: { n: number; memory: Record<string, number>; load: object }): string | null {
  const lenses = Object.entries(point.memory).map(([lens, value]) =>
    impossibility({ metric: `memory.${lens}`, lens, value }),
  );
  const loads = numbersOf(point.load).map(([name, value]) =>
    impossibility({ metric: `the load's ${name}`, lens: null, value }),
  );
  return [...lenses, ...loads].find((each) => each !== null) ?? null;
}

function numbersOf(values: object): [string, number][] {
  return Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number');
}

function notFinite(name: string, value: number): string[] {
  return Number.isFinite(value) ? [] : [`${name} is not a number (${value})`];
}
