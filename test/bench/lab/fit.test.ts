import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { checkFit, chooseAccel, defaultMemoryBytes, type LabChoice } from '../../../bench/lab/fit.ts';
import { run } from '../../../runners/machine/command.ts';
import { loadScenario } from '../../../scenarios/loader/load.ts';
import { testContext, type TestContext } from '../../support/context.ts';

const scenario = loadScenario('tomcat', { cwd: '/' });
let context: TestContext;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-fit-'));
  context = testContext(folder);
  context.folders.cache = folder;
});
afterAll(() => rm(folder, { recursive: true }));

const choice = (memoryBytes = defaultMemoryBytes): LabChoice => {
  return { suite: 'bookworm', cpus: 1, memoryBytes, accel: 'tcg', clock: 'real' };
};
const fit = (memoryBytes: number): Promise<void> => checkFit(choice(memoryBytes), scenario, context);

describe('the size of a lab', () => {
  it('must hold an instance beside its own system, and says what would', async () => {
    await expect(fit(600 * 2 ** 20)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringMatching(/may use 512MiB.*600MiB[^]*--lab-memory 1024MiB/) as string,
    });
  });

  it('must be there', async () => {
    await expect(fit(2 ** 50)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining('too little memory for the lab') as string,
    });
  });

  it('must find room for its disks', async () => {
    const cache = join(folder, 'small');
    await mkdir(cache);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tare-test', cache]);
    try {
      const small = { ...context, folders: { ...context.folders, cache } };
      await expect(checkFit(choice(), null, small)).rejects.toMatchObject({
        exitCode: 3,
        message: expect.stringMatching(
          /needs 3072MiB in .*small, and 16MiB are free[^]*--cache-dir/,
        ) as string,
      });
    } finally {
      await run('umount', [cache]);
    }
  });
});

describe('what drives a lab', () => {
  afterEach(() => vi.unstubAllEnvs());

  /** A fake: every QEMU for x86-64 emulates AMD's virtualization, but one may be built without. */
  async function fakeQemu(accels: string, flags: string): Promise<void> {
    const answers = [
      "--version*) echo 'QEMU emulator version 7.2.0' ;;",
      `'-accel help') echo ${accels} ;;`,
      `'-cpu help') echo ${flags} ;;`,
    ];
    const program = join(folder, 'qemu-system-x86_64');
    await writeFile(program, `#!/bin/sh\ncase "$*" in ${answers.join('\n')} esac\n`, { mode: 0o755 });
    vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
  }

  it('is emulation where that emulates virtualization, too', async () => {
    await fakeQemu('tcg', 'fpu svm npt');
    expect(await chooseAccel(choice(), context)).toMatchObject({ accel: 'tcg', vmm: 'QEMU 7.2.0' });
  });

  it.each([
    ['virtualization', 'tcg', 'fpu svm', "does not emulate AMD's virtualization (svm, npt)"],
    ['emulation', 'kvm', 'fpu svm npt', 'has no TCG to emulate a processor'],
  ])('is nothing where QEMU has no %s, and says so', async (_, accels, flags, words) => {
    await fakeQemu(accels, flags);
    await expect(chooseAccel(choice(), context)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(words) as string,
    });
  });
});
