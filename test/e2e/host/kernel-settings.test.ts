/** Settings of the kernel that a run changes for a while: limits and same-page merging. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { start, type RunningCommand } from '../../../runners/machine/command.ts';
import { raiseKernelLimits } from '../../../runners/machine/kernel/kernel-limits.ts';
import { changeSetting, readSetting } from '../../../runners/machine/kernel/kernel-setting.ts';
import { setKsm } from '../../../runners/machine/kernel/ksm.ts';
import { listLeases } from '../../../runners/machine/lease/lease.ts';
import { openLocalRun, silentLog, type LocalRun } from '../../runners/machine/local-run.ts';

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

describe('same-page merging', () => {
  /** That the fixture offers. */
  const pages = 8192;

  it('settles on what two programs have alike, costs CPU time, and leaves the machine as it was', async () => {
    const { context } = await open();
    const files = ['run', 'pages_to_scan'].map((file) => join('/sys/kernel/mm/ksm', file));
    const before = await Promise.all(files.map(readSetting));
    const programs = [await offerMemory(), await offerMemory()];
    try {
      const ksm = await setKsm('on', context.lease);
      const first = await ksm.figures();
      const settled = await ksm.settle(120_000, context.signal);
      expect(settled.settled).toBe(true);
      // By the programs' own count: the machine's includes virtual machines of others, which come and go.
      const merged = await Promise.all(
        programs.map(({ pid }) => readFile(`/proc/${pid}/ksm_merging_pages`, 'utf8')),
      );
      expect(merged.map(Number)).toEqual([expect.closeTo(pages, -3), expect.closeTo(pages, -3)]);
      expect(settled.savedBytes).toBeGreaterThan(0);
      expect(settled.cpuMs).toBeGreaterThan(first.cpuMs);
      // As after a kill: nobody but the lease knows.
      expect(await releaseLease(context.lease.file, silentLog)).toEqual([]);
      expect(await Promise.all(files.map(readSetting))).toEqual(before);
    } finally {
      for (const program of programs) program.kill();
      await Promise.all(programs.map(({ gone }) => gone));
    }
  });

  /** Offers 32 MiB, the same in each, to be merged; resolves when all of it was written. */
  async function offerMemory(): Promise<RunningCommand> {
    const file = fileURLToPath(new URL('../../fixtures/mergeable.py', import.meta.url));
    const program = start('python3', [file]);
    await new Promise((resolve) => program.stdout.once('data', resolve));
    return program;
  }
});
