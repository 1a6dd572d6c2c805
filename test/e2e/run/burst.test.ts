/** Many starts at once, for real: what the record says of them fits together. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { readRecord } from '../../../bench/store/read-record.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;
let record: RunRecord;
const sizes = [1, 2, 4];

beforeAll(async () => {
  box = await makeSandbox();
  const file = await writeScenario(box.folder, 'burst', {
    platforms: ['process', 'runc'],
    measures: { burst: { samples: 2, most: 4, ladder: { duration: '2s', most: 1 } } },
  });
  const out = join(box.folder, 'run');
  const { code, stderr } = await tare(box, ['run', file, '--out', out]);
  expect(code, stderr).toBe(0);
  record = await readRecord(join(out, 'run.json'));
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

/** Values that count, by block. */
function values(platform: string, metric: string, condition: object, lens?: string): number[] {
  const result = record.results.find(
    (each) =>
      each.platform === platform &&
      each.metric === metric &&
      each.lens === lens &&
      JSON.stringify(each.condition) === JSON.stringify(condition),
  );
  return (result?.samples ?? []).filter(({ excluded }) => excluded === undefined).map(({ value }) => value);
}

it.each(['process', 'runc'])('%s: every size has its bursts, in which all became ready', (id) => {
  for (const instances of sizes) {
    expect(values(id, 'burst.success', { instances })).toEqual([1, 1]);
    for (const clock of ['request', 'start']) {
      const [first = [], median = [], p90 = [], last = []] = ['first', 'median', 'p90', 'ready'].map((name) =>
        values(id, `burst.${name}`, { instances, clock }),
      );
      expect(last).toHaveLength(2);
      for (const [index, ready] of last.entries()) {
        const ordered = [0, first[index], median[index], p90[index], ready].map(Number);
        expect(ordered).toEqual([...ordered].sort((a, b) => a - b));
      }
    }
    const [request, start] = ['request', 'start'].map((clock) =>
      values(id, 'burst.median', { instances, clock }),
    );
    // What layer, network and cgroup took comes on top.
    expect(request?.every((ms, index) => ms > (start?.[index] ?? Infinity))).toBe(true);
    expect(values(id, 'cpu.start', { instances }, 'instance').every((ms) => ms > 0)).toBe(true);
  }
  expect(values(id, 'burst.slowdown', { instances: 4, clock: 'start' })).toHaveLength(2);
});

it('keeps up with one start per second', () => {
  for (const id of ['process', 'runc']) expect(values(id, 'burst.sustained', {})).toEqual([1]);
});
