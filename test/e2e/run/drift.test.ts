/** What instances change of their images, and whether an image moves: on a container and on a VM. */
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { readRecord } from '../../../bench/store/read-record.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;
let record: RunRecord;
const stamp = '/srv/www/stamp';

beforeAll(async () => {
  box = await makeSandbox();
  // Each instance writes something else into the same file, and removes one of the image.
  const command = [
    `/bin/busybox cat /proc/sys/kernel/random/uuid > ${stamp}`,
    '/bin/busybox rm -f /srv/www/index.html',
    'exec /bin/busybox sh /srv/serve ${port}',
  ];
  const file = await writeScenario(box.folder, 'drift', {
    workload: {
      user: 'root',
      command: ['/bin/busybox', 'sh', '-c', command.join('; ')],
      'load-path': '/health',
    },
    platforms: ['runc', { id: 'vm', runner: 'qemu', accel: 'tcg' }],
    measures: {
      drift: { samples: 1, load: { rps: 5, duration: '500ms' } },
      portability: { formats: ['vmdk'] },
    },
    // Debian 13's generic kernel, with which a moved machine boots, does not start in 96 MiB.
    more: { limits: { cpus: 1, memory: '160MiB' }, baseline: 'runc' },
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

function figures(platform: string, metric: string): Record<string, number | null> {
  const results = record.results.filter((each) => each.platform === platform && each.metric === metric);
  return Object.fromEntries(
    results.map(({ condition, summary }) => [Object.values(condition).join(' '), summary.median]),
  );
}

describe.each(['runc', 'vm'])('the drift of %s', (id) => {
  it('is what its workload has written and removed, whatever it did before it ended', () => {
    expect(figures(id, 'drift.files')).toEqual({ boot: 2, load: 2, restart: 2 });
    expect(figures(id, 'drift.added')).toEqual({ boot: 1, load: 1, restart: 1 });
    expect(figures(id, 'drift.deleted')).toEqual({ boot: 1, load: 1, restart: 1 });
  });

  it('is listed by file', () => {
    const listed = record.drift?.find(({ platform, after }) => platform === id && after === 'load');
    expect(listed?.files).toEqual([
      { path: '/srv/www/index.html', change: 'deleted', class: 'data', bytes: null },
      { path: stamp, change: 'added', class: 'data', bytes: 37 },
    ]);
  });

  it('differs between two instances in what is different in each', () => {
    expect(figures(id, 'drift.between')).toEqual({ load: 1 });
    const [between] = (record.drift ?? []).filter(
      ({ platform, against }) => platform === id && against !== null,
    );
    expect(between?.files).toMatchObject([{ path: stamp, change: 'changed' }]);
  });
});

describe('portability', () => {
  it('a vmdk of the disk boots as it is, on virtio and on SATA with e1000e, with the same content', () => {
    expect(figures('vm', 'portability.boots')).toEqual({ 'vmdk virtio': 1, 'vmdk sata+e1000e': 1 });
    expect(figures('vm', 'portability.equal')).toEqual({ vmdk: 1 });
    expect(figures('vm', 'portability.bytes')['vmdk']).toBeGreaterThan(0);
  });

  it('the OCI image, unpacked anew, is the payload and becomes ready', () => {
    expect(figures('runc', 'portability.boots')).toEqual({ oci: 1 });
    expect(figures('runc', 'portability.equal')).toEqual({ oci: 1 });
  });
});
