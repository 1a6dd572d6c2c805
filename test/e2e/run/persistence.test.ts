/** What comes back of files that an instance wrote: on real platforms, since only their kernels and disks decide it. */
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readRecord } from '../../../bench/store/read-record.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

let sandbox: Sandbox;
let record: RunRecord;

beforeAll(async () => {
  sandbox = await makeSandbox();
  const out = join(sandbox.folder, 'run');
  const { code, stderr } = await tare(sandbox, [
    ...[
      'run',
      'state',
      '--measure',
      'persistence',
      '--platform',
      'process,runc,vm',
      '--samples',
      '1',
      '--accel',
      'tcg',
      '--out',
      out,
    ],
  ]);
  expect(code, stderr).toBe(0);
  record = await readRecord(join(out, 'run.json'));
});
afterAll(() => sandbox.remove());

/** Whether the file was there, by how the instance before it ended. */
function kept(platform: string, synced: 'yes' | 'no'): Record<string, number | null> {
  const results = record.results.filter(
    (result) => result.platform === platform && result.condition['synced'] === synced,
  );
  return Object.fromEntries(
    results.map(({ condition, summary }) => [String(condition['after']), summary.median]),
  );
}

it.each(['process', 'runc'])(
  '%s: what was written stays, synced or not, until the instance is made anew',
  (id) => {
    expect(kept(id, 'yes')).toEqual({ stop: 1, kill: 1, recreate: 0 });
    expect(kept(id, 'no')).toEqual({ stop: 1, kill: 1, recreate: 0 });
  },
);

it('vm: what was not synced is lost with a kill', () => {
  expect(kept('vm', 'yes')).toEqual({ stop: 1, kill: 1, recreate: 0 });
  expect(kept('vm', 'no')).toEqual({ stop: 1, kill: 0, recreate: 0 });
});
