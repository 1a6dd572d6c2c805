import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from '@commander-js/extra-typings';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { platformOption, samplesOption } from '../../../bench/cli/options.ts';
import { applyProjectFile } from '../../../bench/cli/project-file.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-project-'));
});
afterEach(async () => {
  delete process.env['TARE_SAMPLES'];
  await rm(folder, { recursive: true, force: true });
});

/** A command's options after flags, environment and this project file. */
async function optionsFor(file: string, argv: string[] = []): Promise<unknown> {
  await writeFile(join(folder, 'tare.yaml'), file);
  const command = new Command().addOption(platformOption).addOption(samplesOption).exitOverride();
  command.parse(argv, { from: 'user' });
  await applyProjectFile(command, folder);
  return command.opts();
}

describe('project file', () => {
  it('sets what flags and environment do not', async () => {
    expect(await optionsFor('samples: 5\nplatform: [process, runc]\n')).toEqual({
      samples: 5,
      platform: ['process', 'runc'],
    });
  });

  it('stands below the environment, and both below a flag', async () => {
    process.env['TARE_SAMPLES'] = '7';
    expect(await optionsFor('samples: 5\n')).toMatchObject({ samples: 7 });
    expect(await optionsFor('samples: 5\n', ['--samples', '9'])).toMatchObject({ samples: 9 });
  });

  it('may hold options of other commands, and may be empty', async () => {
    expect(await optionsFor('cache-dir: /mnt/cache\n')).toEqual({ platform: [] });
    expect(await optionsFor('')).toEqual({ platform: [] });
  });

  it('is not a scenario or a workload that has its name', async () => {
    const scenario = 'name: shop\nworkload: tiny\nplatforms: [runc]\n';
    expect(await optionsFor(scenario)).toEqual({ platform: [] });
    expect(await optionsFor('name: shop\nrootfs: { from: debian }\n')).toEqual({ platform: [] });
  });

  it.each([
    ['smaples: 5\n', /tare\.yaml:1:1: unknown option `smaples`.*samples/],
    ['platform: runc\nsamples: many\n', /tare\.yaml:2:1: samples: It must be a whole number/],
    ['samples: {n: 5}\n', /tare\.yaml:1:1: `samples` takes text or a number/],
    ['- samples\n', /tare\.yaml:1:1: expected options and their values/],
    ['samples: [1\n', /tare\.yaml:2:1: not YAML/],
  ])('refuses %j with its place', async (file, message) => {
    const expected = { exitCode: 2, message: expect.stringMatching(message) as string };
    await expect(optionsFor(file)).rejects.toMatchObject(expected);
  });
});
