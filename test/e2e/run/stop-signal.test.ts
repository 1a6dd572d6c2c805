/** A stop signal that few workloads name, delivered for real. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { leftovers } from '../../support/leftovers.ts';
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

it('stops a workload by a real-time signal, which every platform delivers', async () => {
  const serve = `trap 'echo asked by 37; kill $s; exit 0' 37; /bin/busybox httpd -f -p 8080 -h /srv/www & s=$!; wait`;
  const file = await writeScenario(box.folder, 'real-time', {
    workload: { command: ['/bin/busybox', 'sh', '-c', serve], 'stop-signal': 'rtmin+3' },
    platforms: ['process', 'runc', 'vm'],
    more: { limits: { cpus: 1, memory: '96MiB' } },
    measures: { startup: { samples: 1 }, stop: {} },
  });
  const { code, stdout, stderr } = await tare(box, ['run', file, '--json', '--out', 'real-time']);
  expect(code, stderr).toBe(0);
  const { results } = JSON.parse(stdout) as RunRecord;
  const stopped = results.filter(({ metric }) => metric === 'stop.graceful').map(({ platform }) => platform);
  expect(stopped.sort()).toEqual(['process', 'runc', 'vm']);
  for (const platform of stopped) {
    const log = join(box.folder, 'real-time/logs', `${platform}-1`, 'output.log');
    expect(await readFile(log, 'utf8'), platform).toContain('asked by 37');
  }
});
