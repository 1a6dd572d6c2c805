/** Clones of a machine under TCG, continued from a snapshot that is taken when its workload answers. */
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { QemuOptions } from '../../../runners/qemu/options.ts';
import type { Instance, Launch, PreparedPlatform } from '../../../runners/runner.ts';
import {
  digestsOf,
  httpdLaunch,
  openVmStage,
  tcgOptions,
  type VmStage,
} from '../../support/platforms/vm-stage.ts';

const options: QemuOptions = { ...tcgOptions, start: 'snapshot' };

/** Tells what a clone must have for itself. */
const script = `
  b=/bin/busybox
  printf '#!%s sh\\nprintf "Content-Type: text/plain\\\\r\\\\n\\\\r\\\\n"\\n' $b >/srv/cgi-bin/self
  printf '%s head -c 8 /proc/sys/kernel/random/boot_id; %s date +%%s\\n' $b $b >>/srv/cgi-bin/self
  printf '%s ifconfig eth0\\n' $b >>/srv/cgi-bin/self
  $b chmod 755 /srv/cgi-bin/self
  exec $b httpd -f -p 8080 -h /srv
`;
const launch: Launch = { ...httpdLaunch, command: ['/bin/busybox', 'sh', '-c', script] };

let stage: VmStage;
let prepared: PreparedPlatform;
let clones: Instance[] = [];

beforeAll(async () => {
  stage = await openVmStage('clone');
  prepared = await stage.prepare(launch, options);
  clones = [await stage.create(prepared, 'one'), await stage.create(prepared, 'two')];
  for (const clone of clones) await stage.context.startUntilReady(clone);
});
afterAll(async () => {
  for (const clone of clones) await clone.dispose();
  await prepared.dispose();
  expect(await readdir(stage.context.folders.scratch)).toEqual([]);
  expect(await stage.close()).toEqual([]);
});

test('a clone continues: it is restored and resumed, and executes nothing again', () => {
  expect(prepared.marks).toEqual(['spawned', 'restore', 'resume']);
  for (const clone of clones) {
    const marks = Object.entries(clone.marks.all());
    expect(marks.map(([name]) => name)).toEqual(['spawned', 'restore', 'resume']);
    expect(marks.map(([, at]) => at)).toEqual(marks.map(([, at]) => at).sort((a, b) => a - b));
  }
});

test('each clone has an address, a MAC and a disk of its own, and the time of day', async () => {
  const told = await Promise.all(clones.map((clone) => stage.get(clone, '/cgi-bin/self')));
  for (const [index, text] of told.entries()) {
    expect(text).toContain(`inet addr:${clones[index]?.address.host ?? '?'} `);
    const seconds = Number(/^\S{8}(\d+)$/m.exec(text)?.[1]);
    // The guest's clock has stood still since the snapshot; a minute is far more than any answer takes.
    expect(Math.abs(Date.now() / 1000 - seconds)).toBeLessThan(60);
  }
  const macs = told.map((text) => /HWaddr (\S+)/.exec(text)?.[1]);
  expect(new Set(macs).size).toBe(2);
  const [one, two] = clones;
  expect(one?.address.host).not.toBe(two?.address.host);
});

test('a clone has the same bytes as the payload', async () => {
  const [, two] = clones;
  if (two === undefined) throw new Error('no second clone');
  const listing = (await stage.get(two, '/cgi-bin/digests')).trim().split('\n').sort();
  const own = await digestsOf(stage.payload.root);
  expect(listing.filter((line) => !line.includes('cgi-bin/self'))).toEqual(own);
});

test('clones share the pages that none of them has written', async () => {
  for (const clone of clones) {
    const parts = new Map((await clone.memoryParts()).map(({ part, pssBytes }) => [part, pssBytes]));
    expect(parts.get('snapshot')).toBeGreaterThan(1024 * 1024);
    expect(parts.get('guest-ram')).toBeGreaterThan(100_000);
    expect(await clone.guestMemory()).toBeGreaterThan(1024 * 1024);
  }
});

test('a snapshot weighs more than what it was started from', async () => {
  const booted = await (await stage.prepare(httpdLaunch, tcgOptions)).images();
  const cloned = await prepared.images();
  for (const [index, figure] of booted.entries()) {
    expect(cloned[index]?.lens).toBe(figure.lens);
    expect(cloned[index]?.bytes).toBeGreaterThan(figure.bytes);
  }
});

test('a clone stops when asked, and the other one goes on', async () => {
  const [one, two] = clones;
  if (one === undefined || two === undefined) throw new Error('no clones');
  await one.stop('graceful');
  expect(await one.exited).toMatchObject({ code: 143, signal: null });
  expect(await one.diagnose()).toMatchObject({ code: 'exited' });
  await one.dispose();
  expect(await stage.get(two, '/index.html')).toBe('hello');
});

test('a workload that never answers gives no snapshot, and leaves nothing', async () => {
  const ends: Launch = { ...httpdLaunch, command: ['/bin/busybox', 'sh', '-c', 'exit 5'] };
  const before = await readdir(stage.context.folders.scratch);
  await expect(stage.prepare(ends, options)).rejects.toThrow(/no snapshot could be taken: .*exit code 5/);
  expect(await readdir(stage.context.folders.scratch)).toEqual(before);
});
