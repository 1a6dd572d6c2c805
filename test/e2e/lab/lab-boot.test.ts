/** A lab whose system never comes up: a real machine with a real kernel, and a first program that waits for ever. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { followLab } from '../../../bench/lab/follow.ts';
import type { LabBase } from '../../../runners/lab/base.ts';
import { startLab } from '../../../runners/lab/machine.ts';
import { cpioArchive } from '../../../runners/qemu/guest/cpio.ts';
import { guestKit } from '../../../runners/qemu/guest/guest-kit.ts';
import { silentLog } from '../../runners/machine/local-run.ts';
import { sharedCache } from '../../support/tare.ts';

const init = `#!/bin/busybox sh
echo 'waiting for a disk that never comes' >/dev/console
while :; do /bin/busybox sleep 1000; done
`;
const { signal } = new AbortController();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-lab-boot-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function hangingBase(): Promise<LabBase> {
  const { kernelFile, kernelRelease, digest } = await guestKit('bookworm', {
    cache: sharedCache,
    signal,
    log: silentLog,
  });
  const initrdFile = join(folder, 'initrd.cpio');
  await writeFile(
    initrdFile,
    cpioArchive([
      { path: 'bin', type: 'folder', mode: 0o755 },
      { path: 'dev', type: 'folder', mode: 0o755 },
      { path: 'dev/console', type: 'character-device', mode: 0o600, major: 5, minor: 1 },
      { path: 'init', type: 'file', mode: 0o755, content: Buffer.from(init) },
      { path: 'bin/busybox', type: 'file', mode: 0o755, content: await readFile('/bin/busybox') },
    ]),
  );
  const diskFile = join(folder, 'disk');
  await writeFile(diskFile, Buffer.alloc(1024 * 1024));
  return { kernelFile, initrdFile, diskFile, kernelRelease, digest, allocatedBytes: 0 };
}

it('a lab that hangs in boot is given up, with what its console said last', async () => {
  const base = await hangingBase();
  const consoleLog = join(folder, 'console.log');
  const machine = await startLab(
    {
      ...({ unit: 'run', accel: 'tcg', clock: 'real', cpus: 1, memoryBytes: 256 * 2 ** 20 } as const),
      ...{ base, toolsDisk: base.diskFile, givenDisk: null, session: {}, consoleLog },
    },
    { cache: join(folder, 'cache'), state: join(folder, 'state'), runtime: join(folder, 'run') },
    silentLog,
  );
  try {
    await expect
      .poll(() => readFile(consoleLog, 'utf8').catch(() => ''), { interval: 100, timeout: 240_000 })
      .toContain('never comes');
    const silence = { bootMs: 500, runMs: 500 };
    const { error } = await followLab(machine, silence, signal, () => Promise.resolve());
    expect(error).toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(
        /the lab did not boot: nothing was heard of it for 0.5 s; last on its console:[^]*waiting for a disk/,
      ) as string,
    });
  } finally {
    await machine.dispose();
  }
});
