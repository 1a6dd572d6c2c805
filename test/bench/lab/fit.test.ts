import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkFit } from '../../../bench/lab/fit.ts';
import { loadScenario } from '../../../scenarios/load.ts';
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

const fit = (memoryBytes: number): Promise<void> =>
  checkFit({ cpus: 1, memoryBytes, accel: 'auto', clock: 'real' }, scenario, context);

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
});
