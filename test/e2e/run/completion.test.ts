/** Workloads that end by themselves, on every platform: the time of their work, their exit status, what they printed. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { leftovers } from '../../support/leftovers.ts';
import { eachKind } from '../../support/platforms/everywhere.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

/** Counts, says a word, and ends with 3. */
async function count(
  name: string,
  { status, on }: { status: number; on: readonly string[] },
): Promise<{ code: number; record: RunRecord }> {
  const script = 'i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done; echo counted $i; exit 3';
  const file = await writeScenario(box.folder, name, {
    workload: {
      command: ['/bin/busybox', 'sh', '-c', script],
      port: undefined,
      ready: { by: 'exit', status, timeout: '120s' },
      ...{ 'load-path': undefined, 'facts-path': undefined },
    },
    more: { limits: { cpus: 1, memory: '96MiB' } },
    platforms: [...on],
    measures: { completion: { samples: 1 } },
  });
  const { code, stdout, stderr } = await tare(box, ['run', file, '--json', '--out', name]);
  expect(stdout, stderr).not.toBe('');
  return { code, record: JSON.parse(stdout) as RunRecord };
}

it('a good end has its times, which add up, and keeps what was printed', async () => {
  const { code, record } = await count('good', { status: 3, on: eachKind });
  expect(record.failures).toEqual([]);
  expect(code).toBe(0);
  for (const { id } of record.platforms.filter(({ skipped }) => skipped === null)) {
    const values = new Map(
      record.results
        .filter(({ platform }) => platform === id)
        .map(({ metric, samples }) => [metric, samples.at(-1)?.value ?? 0]),
    );
    const total = values.get('completion.total') ?? 0;
    const work = values.get('completion.work') ?? 0;
    expect(work, id).toBeGreaterThan(0);
    expect(total, id).toBeGreaterThan(work);
    expect(values.get('cpu.completion'), id).toBeGreaterThan(0);
    const phases = [...values].filter(([metric]) => metric.startsWith('completion.phase.'));
    expect(
      phases.reduce((sum, [, value]) => sum + value, 0),
      id,
    ).toBeCloseTo(total, 3);
    expect(await readFile(join(box.folder, 'good', 'logs', `${id}-1`, 'output.log'), 'utf8'), id).toBe(
      'counted 20000\n',
    );
  }
});

it('another exit status than the expected one is a failure of its class, and never a sample', async () => {
  const { code, record } = await count('wrong', { status: 0, on: ['process', 'runc', 'lxc', 'vm'] });
  expect(code).toBe(4);
  expect(record.results).toEqual([]);
  expect(new Set(record.failures.map(({ code: found }) => found))).toEqual(new Set(['wrong-status']));
  expect(new Set(record.failures.map(({ platform }) => platform)).size).toBe(4);
  for (const { message } of record.failures) {
    expect(message).toMatch(/^expected exit status 0: the workload ended with exit code 3/);
  }
});
