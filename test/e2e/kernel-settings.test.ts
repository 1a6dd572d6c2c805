/** Settings of the kernel that a run changes for a while. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { releaseLease } from '../../runners/host/clean.ts';
import { raiseKernelLimits } from '../../runners/host/kernel-limits.ts';
import { changeSetting, readSetting } from '../../runners/host/kernel-setting.ts';
import { listLeases } from '../../runners/host/lease.ts';
import { openLocalRun, silentLog, type LocalRun } from '../runners/host/local-run.ts';

const opened: LocalRun[] = [];

async function open(): Promise<LocalRun> {
  const made = await openLocalRun();
  opened.push(made);
  return made;
}

afterEach(async () => {
  for (const each of opened.splice(0)) expect(await each.close()).toEqual([]);
});

// Harmless whatever it is: how long the kernel's log lines are held back.
const someSetting = '/proc/sys/kernel/printk_ratelimit_burst';

describe('a setting', () => {
  it('is in the lease before it changes, and given back by whoever releases that', async () => {
    const { context, state } = await open();
    const before = await readSetting(someSetting);
    await changeSetting(someSetting, '77', context.lease);
    expect(await readSetting(someSetting)).toBe('77');
    const [lease] = await listLeases(state);
    expect(lease?.entries).toContainEqual({ kind: 'setting', path: someSetting, from: before, to: '77' });
    expect(await releaseLease(context.lease.file, silentLog)).toEqual([]);
    expect(await readSetting(someSetting)).toBe(before);
  });

  it('that somebody else has changed since is theirs', async () => {
    const { context } = await open();
    const before = (await readSetting(someSetting)) ?? '';
    await changeSetting(someSetting, '77', context.lease);
    await writeFile(someSetting, '78');
    expect(await releaseLease(context.lease.file, silentLog)).toEqual([]);
    expect(await readSetting(someSetting)).toBe('78');
    await writeFile(someSetting, before);
  });

  it('that the kernel refuses changes nothing and leaves nothing in the lease', async () => {
    const { context, state } = await open();
    const path = '/proc/sys/kernel/pid_max';
    await expect(changeSetting(path, '1', context.lease)).rejects.toThrow(`cannot write "1" to ${path}`);
    const [lease] = await listLeases(state);
    expect(lease?.entries.filter(({ kind }) => kind === 'setting')).toEqual([]);
  });

  it('of a lease that was tampered with is not written', async () => {
    const { context } = await open();
    const path = join(context.folders.cache, 'file');
    await context.lease.add({ kind: 'setting', path, from: 'a', to: 'b' });
    expect(await releaseLease(context.lease.file, silentLog)).toEqual([
      expect.stringContaining('no setting that a run may change'),
    ]);
    await context.lease.drop({ kind: 'setting', path, from: 'a', to: 'b' });
  });
});

describe('limits of the kernel', () => {
  it('are raised while a run lasts', async () => {
    const { context } = await open();
    const paths = ['/proc/sys/kernel/pid_max', '/proc/sys/fs/inotify/max_user_instances'];
    const before = await Promise.all(paths.map(readSetting));
    await raiseKernelLimits(context.lease, silentLog);
    expect((await Promise.all(paths.map(readSetting))).map(Number)).toEqual([
      expect.closeTo(4_194_304, 0),
      expect.closeTo(Math.max(65_536, Number(before[1])), 0),
    ]);
    expect(await releaseLease(context.lease.file, silentLog)).toEqual([]);
    expect(await Promise.all(paths.map(readSetting))).toEqual(before);
  });
});
