import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { installDebian } from '../../../../runners/payload/source/debian.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'debian-'));
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
});

afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** Stands for setpriv and thereby for mmdebstrap, which needs root and an archive. */
async function fakeInstall(script: string): Promise<void> {
  await writeFile(join(folder, 'setpriv'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

const install = (): Promise<void> =>
  installDebian(
    { suite: 'bookworm', variant: 'minbase', packages: ['nginx'], mirror: null },
    join(folder, 'root'),
    new AbortController().signal,
  );

test('keeps temporary files beside the root, where an unfinished build is removed as a whole', async () => {
  await fakeInstall(`echo "$TMPDIR" >${folder}/told; mkdir "$TMPDIR/mmdebstrap.gpghome"`);
  await install();
  const told = (await readFile(join(folder, 'told'), 'utf8')).trim();
  expect(told).toBe(join(folder, 'root.tmp'));
  expect((await readdir(folder)).sort()).toEqual(['setpriv', 'told']);
});

test('removes temporary files, and says what is unknown, where it fails', async () => {
  await fakeInstall('mkdir "$TMPDIR/rest"; echo "E: Unable to locate package nginx" >&2; exit 1');
  await expect(install()).rejects.toThrow('Debian bookworm has no package "nginx"');
  expect(await readdir(folder)).toEqual(['setpriv']);
});
