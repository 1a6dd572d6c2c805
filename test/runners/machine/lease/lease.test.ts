import { once } from 'node:events';
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { releaseLease } from '../../../../runners/machine/lease/release.ts';
import { start } from '../../../../runners/machine/command.ts';
import {
  isOwnerAlive,
  listLeases,
  openLease,
  parseLease,
  readLease,
} from '../../../../runners/machine/lease/lease.ts';
import { eventually, silentLog } from '../local-run.ts';

let state: string;

beforeEach(async () => {
  state = await mkdtemp(join(tmpdir(), 'tare-lease-'));
});
afterEach(() => rm(state, { recursive: true, force: true }));

it('keeps what was added and not dropped, in order', async () => {
  const lease = await openLease(state, 'a1');
  await lease.add({ kind: 'folder', path: '/tmp/one' });
  await lease.add({ kind: 'netns', name: 'tare-a1' });
  await lease.add({ kind: 'cgroup', path: '/tare-a1' });
  await lease.drop({ kind: 'netns', name: 'tare-a1' });
  const found = await readLease(lease.file);
  expect(found).toMatchObject({ runId: 'a1', pid: process.pid });
  expect(found?.entries).toEqual([
    { kind: 'folder', path: '/tmp/one' },
    { kind: 'cgroup', path: '/tare-a1' },
  ]);
});

it('knows that its owner lives, and that another process with the same id is not the owner', async () => {
  await openLease(state, 'a1');
  const [lease] = await listLeases(state);
  if (!lease) throw new Error('no lease was found');
  expect(isOwnerAlive(lease)).toBe(true);
  expect(isOwnerAlive({ ...lease, startTicks: '1' })).toBe(false);
  expect(isOwnerAlive({ ...lease, bootId: 'another boot' })).toBe(false);
  expect(isOwnerAlive({ ...lease, pid: 4_194_304 })).toBe(false);
});

it('takes an owner that was killed for dead, although nobody has asked for its end', async () => {
  await openLease(state, 'a1');
  const [lease] = await listLeases(state);
  if (!lease) throw new Error('no lease was found');
  // `sleep`, which the shell becomes, never asks for the end of a child.
  const parent = start('sh', ['-c', 'sleep 1000 & echo $!; exec sleep 1000']);
  try {
    const [pid] = (await once(parent.stdout, 'data')) as [Buffer];
    const owner = { ...lease, pid: Number(String(pid)) };
    const fields = async (): Promise<string[]> => {
      const stat = await readFile(`/proc/${owner.pid}/stat`, 'utf8');
      return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    };
    const startTicks = (await fields())[19] ?? '';
    expect(isOwnerAlive({ ...owner, startTicks })).toBe(true);
    process.kill(owner.pid, 'SIGKILL');
    await eventually('the end', async () => ((await fields())[0] === 'Z' ? true : null));
    expect((await fields())[19]).toBe(startTicks);
    expect(isOwnerAlive({ ...owner, startTicks })).toBe(false);
  } finally {
    parent.kill();
    await parent.gone;
  }
});

it('finds nothing where no run has been', async () => {
  expect(await listLeases(join(state, 'missing'))).toEqual([]);
});

it('refuses an entry after its release, and forgives a drop', async () => {
  const lease = await openLease(state, 'a1');
  expect(await releaseLease(lease.file, silentLog)).toEqual([]);
  await expect(lease.add({ kind: 'folder', path: '/tmp/one' })).rejects.toThrow(/ENOENT/);
  await lease.drop({ kind: 'folder', path: '/tmp/one' });
  expect(await listLeases(state)).toEqual([]);
});

it('does not open a lease twice', async () => {
  const lease = await openLease(state, 'a1');
  await appendFile(`${lease.file}.tmp`, 'another opener is at work');
  await expect(openLease(state, 'a1')).rejects.toThrow(/EEXIST/);
});

it('reads on behind a line that was cut off', async () => {
  const lease = await openLease(state, 'a1');
  await appendFile(lease.file, '{"add":{"kind":"folder","pa');
  await lease.add({ kind: 'folder', path: '/tmp/two' });
  expect((await readLease(lease.file))?.entries).toEqual([{ kind: 'folder', path: '/tmp/two' }]);
});

it('reads a file that is none as a lease without owner and entries', () => {
  expect(parseLease('/state/leases/x9.ndjson', 'garbage\n\u0000')).toMatchObject({
    runId: 'x9',
    pid: 0,
    entries: [],
  });
});

it('removes nothing but folders after a restart of the machine', async () => {
  const lease = await openLease(state, 'a1');
  const folder = join(state, 'scratch');
  await writeFile(join(state, 'kept'), '');
  await lease.add({ kind: 'folder', path: folder });
  // Named so that touching it would be refused and reported.
  await lease.add({ kind: 'netns', name: 'somebody-elses' });
  await writeFile(folder, 'in the way');
  const text = await readFile(lease.file, 'utf8');
  await writeFile(lease.file, text.replace(/"bootId":"[^"]*"/, '"bootId":"an earlier boot"'));
  expect(await releaseLease(lease.file, silentLog)).toEqual([]);
  expect(await readdir(state)).toEqual(['kept', 'leases']);
});

it.each([
  [{ kind: 'netns', name: 'somebody-elses' } as const, /nothing of Tare/],
  [{ kind: 'cgroup', path: '/system.slice' } as const, /not a cgroup of Tare/],
  [{ kind: 'cgroup', path: '/tare-x/../system.slice' } as const, /not a cgroup of Tare/],
  [{ kind: 'folder', path: '/' } as const, /no folder/],
  [{ kind: 'folder', path: '/usr' } as const, /no folder/],
  [{ kind: 'mount', path: 'relative' } as const, /no folder/],
  [{ kind: 'folder', path: '/tmp/x/../../etc/y' } as const, /no folder/],
])('refuses to remove %o, says so and keeps the lease', async (entry, message) => {
  const lease = await openLease(state, 'a1');
  await lease.add(entry);
  const remains = await releaseLease(lease.file, silentLog);
  expect(remains).toHaveLength(1);
  expect(remains[0]).toMatch(message);
  expect(await listLeases(state)).toHaveLength(1);
});
