/** `tare run` of a root filesystem that no scenario file describes: what its server speaks is found out by trying. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { run } from '../../../runners/machine/command.ts';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import { buildPayload } from '../../../runners/payload/build-payload.ts';
import { contextOf } from '../../runners/payload/trees.ts';
import { makeSandbox, sharedCache, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;

beforeEach(async () => {
  box = await makeSandbox();
  const { rootfs } = loadScenario('tiny', { cwd: box.folder }).workload;
  const { root } = await buildPayload(rootfs, contextOf(sharedCache));
  await run('tar', ['-C', root, '-czf', join(box.folder, 'server.tar.gz'), '.']);
});

afterEach(() => box.remove());

describe('an archive alone', () => {
  test.each([
    ['an HTTP server is ready with its first answer', 'httpd -f -p 8080 -h /srv/www', 'http'],
    [
      'a server that speaks something else is ready once connected',
      'telnetd -F -p 8080 -l /bin/busybox',
      'tcp',
    ],
  ])('%s', async (_, words, by) => {
    const command = `busybox ${words}`;
    const args = ['run', 'server.tar.gz', '--port', '8080', '--command', command, '--save', 'made.yaml'];
    const chosen = ['--platform', 'process', '--measure', 'startup', '--samples', '2', '--json'];
    const { code, stdout, stderr } = await tare(box, [...args, ...chosen]);
    expect(stderr).toContain(by === 'http' ? 'it speaks HTTP' : 'no HTTP came back');
    expect(code).toBe(0);
    const record = JSON.parse(stdout) as RunRecord;
    expect(record.run.scenario).toMatchObject({
      name: 'server',
      workload: { ready: { by } },
      platforms: [{ launch: { command: expect.arrayContaining(['/bin/busybox']) as unknown } }],
    });
    expect(JSON.stringify(record.run.scenario)).not.toContain('isTentative');
    const startup = record.results.find(({ metric }) => metric === 'startup.ready');
    expect(startup?.samples.filter(({ excluded }) => excluded === undefined)).toHaveLength(2);
    expect(await readFile(join(box.folder, 'made.yaml'), 'utf8')).toContain(`by: ${by}`);
    expect(loadScenario('./made.yaml', { cwd: box.folder }).workload.ready.by).toBe(by);
  });
});
