/** A run of one platform in blocks of several instances, for what passes from one instance to the next. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '../../bench/record/schema.ts';
import { readJournal } from '../../bench/run/journal/journal.ts';
import type { Sandbox } from '../support/tare.ts';
import { runBuilt } from './built.ts';

/** Instances in a block: the canary is timed once a block, and no script has its like. */
const perBlock = 5;

type Marks = Readonly<Record<string, number>>;

/**
 * @param platform what an entry of `platforms` says beside its `id`
 * @param samples at least so many pairs
 * @returns the marks of each instance and of the next one of its block
 */
export async function runBlocks(
  box: Sandbox,
  name: string,
  platform: Readonly<Record<string, unknown>>,
  samples: number,
): Promise<{ pairs: { marks: Marks; next: Marks }[]; record: RunRecord }> {
  const scenario = {
    name,
    workload: 'tiny',
    platforms: Array.from({ length: perBlock }, (_, index) => ({ id: `${name}-${index}`, ...platform })),
    measures: { startup: { samples: Math.ceil(samples / (perBlock - 1)) } },
  };
  await writeFile(join(box.folder, `${name}.yaml`), JSON.stringify(scenario));
  await runBuilt(box, ['run', `${name}.yaml`, '--out', name, '-q']);
  const folder = join(box.folder, name);
  const { events } = await readJournal(join(folder, 'events.ndjson'));
  const taken = events.flatMap((event) => (event.type === 'marks' && event.block > 0 ? [event] : []));
  const pairs = taken.slice(1).flatMap(({ block, marks: next }, index) => {
    const before = taken[index];
    return before?.block === block ? [{ marks: before.marks, next }] : [];
  });
  return { pairs, record: JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunRecord };
}
