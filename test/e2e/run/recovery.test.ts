/** What comes back after a fault: on real platforms, since only they know how to. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { readRecord } from '../../../bench/store/read-record.ts';
import { leftovers } from '../../support/leftovers.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

const scenario = `
name: mend
workload: tiny
limits: { cpus: 1, memory: 64MiB }
platforms: [process, runc, docker]
measures:
  recovery: { samples: 1, healthy: 300ms, wait: 10s, faults: [kill, oom, box], crashes: 1 }
`;

let sandbox: Sandbox;
let record: RunRecord;

beforeAll(async () => {
  sandbox = await makeSandbox();
  const file = join(sandbox.folder, 'mend.yaml');
  await writeFile(file, scenario);
  const out = join(sandbox.folder, 'run');
  const { code, stderr } = await tare(sandbox, ['run', file, '--out', out]);
  expect(code, stderr).toBe(0);
  record = await readRecord(join(out, 'run.json'));
});
afterAll(async () => {
  expect(await leftovers(sandbox)).toEqual([]);
  await sandbox.remove();
});

/** Of a platform, by fault. */
function found(platform: string, metric: string): Record<string, number | null> {
  const results = record.results.filter((each) => each.platform === platform && each.metric === metric);
  return Object.fromEntries(
    results.map(({ condition, summary }) => [
      [condition['fault'], condition['crash']].filter(Boolean).join(' '),
      summary.median,
    ]),
  );
}

it('a bare process has no box, and nothing brings it back', () => {
  expect(found('process', 'recovery.default')).toEqual({ kill: 0, oom: 0 });
  expect(found('process', 'recovery.ready')).toEqual({});
});

it('a container of runc stays dead, and outlives the program that started it', () => {
  expect(found('runc', 'recovery.default')).toEqual({ kill: 0, oom: 0, box: 1 });
  expect(found('runc', 'recovery.returned')).toEqual({});
});

it('docker brings a container back if it is told to', () => {
  expect(found('docker', 'recovery.default')).toMatchObject({ kill: 0, oom: 0 });
  expect(found('docker', 'recovery.returned')).toMatchObject({ kill: 1, oom: 1, box: 1 });
  const ready = found('docker', 'recovery.ready');
  expect(Object.keys(ready).sort()).toEqual(['box', 'crash-loop 1', 'kill', 'oom']);
  const outage = found('docker', 'recovery.outage')['kill'] ?? 0;
  expect(outage).toBeGreaterThan(0);
  expect(found('docker', 'recovery.failed')['kill']).toBeGreaterThan(0);
});

it('the mechanism is named, and none is `none`', () => {
  const named = (platform: string): unknown[] => [
    ...new Set(
      record.results
        .filter((each) => each.platform === platform && each.measure === 'recovery')
        .map(({ condition }) => condition['mechanism']),
    ),
  ];
  expect(named('runc')).toEqual(['none']);
  expect(named('docker')).toEqual(['--restart=always']);
});
