/** QEMU platforms that take of the machine what belongs to all of it: huge pages, vhost-net. */
import { access, readFile, writeFile } from 'node:fs/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { readRollup } from '../../../runners/machine/smaps.ts';
import type { QemuOptions } from '../../../runners/qemu/options.ts';
import { qemuRunner } from '../../../runners/qemu/runner.ts';
import type { Fitness } from '../../../runners/runner.ts';
import {
  guestMemoryBytes,
  httpdLaunch,
  openVmStage,
  tcgOptions,
  type VmStage,
} from '../../support/platforms/vm-stage.ts';

let stage: VmStage;
beforeAll(async () => {
  stage = await openVmStage('huge');
});
afterAll(async () => {
  expect(await stage.close()).toEqual([]);
});

test('huge pages, a number of CPUs, no merging and another cache mode are had where they are asked for', async () => {
  const setting = '/proc/sys/vm/nr_hugepages';
  const before = await readFile(setting, 'utf8');
  const wanted = guestMemoryBytes / (2 << 20);
  await writeFile(setting, String(Number(before) + wanted));
  try {
    const options: QemuOptions = {
      ...tcgOptions,
      vcpus: 1,
      hugePages: true,
      merge: false,
      diskCache: 'none',
    };
    const { signal, log, folders } = stage.context;
    expect(await qemuRunner.probe(options, { signal, log, cache: folders.cache })).toMatchObject({
      usable: true,
    });
    const prepared = await stage.prepare(httpdLaunch, options);
    expect(prepared.facts.details).toMatchObject({ vcpus: 1 });
    expect(prepared.facts.compared.machine).toMatchObject({ hugePages: true, mergeable: false });
    const instance = await stage.create(prepared, 'options');
    try {
      await instance.start();
      await stage.untilAnswers(instance);
      const [pid = 0] = await instance.cgroup.processes();
      expect(await readFile(`/proc/${pid}/smaps`, 'utf8')).toMatch(/KernelPageSize: +2048 kB/);
      const parts = await instance.memoryParts();
      const own = parts.find(({ part }) => part === 'guest-ram')?.pssBytes ?? 0;
      expect(own).toBeGreaterThan(16 * 1024 * 1024);
      expect((await readRollup(pid))?.pssBytes).toBeGreaterThan(own);
    } finally {
      await instance.dispose();
    }
  } finally {
    await writeFile(setting, before);
  }
}, 150_000);

test('what the machine does not have makes a platform unfit, with a remedy', async () => {
  const { signal, log, folders } = stage.context;
  const probe = (options: QemuOptions): Promise<Fitness> =>
    qemuRunner.probe(options, { signal, log, cache: folders.cache });
  const { stdout } = await run('grep', ['-c', '^HugePages_Free: *0$', '/proc/meminfo'], { accept: [0, 1] });
  if (stdout === '1') {
    expect(await probe({ ...tcgOptions, hugePages: true })).toMatchObject({
      usable: false,
      remedy: expect.stringContaining('vm.nr_hugepages') as string,
    });
  }
  const hasVhost = await access('/dev/vhost-net').then(
    () => true,
    () => false,
  );
  expect(await probe({ ...tcgOptions, vhostNet: true })).toMatchObject({ usable: hasVhost });
});
