import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { allowedCpus } from '../../../../runners/machine/cpu-list.ts';
import { createMountNamespace } from '../../../../runners/machine/mounts/mount-namespace.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-unshare-'));
  vi.stubEnv('PATH', [folder, process.env['PATH']].join(delimiter));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** An unshare that notes the CPUs it may use, and succeeds where the line `allowed` is the whole list. */
async function fakeUnshare(allowed: string, complaint: string): Promise<void> {
  const file = join(folder, 'unshare');
  await writeFile(
    file,
    `#!/bin/sh
cpus=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
echo "$cpus" >>'${join(folder, 'tried')}'
[ "$cpus" = '${allowed}' ] && exit 0
echo 'unshare: mount failed: ${complaint}' >&2
exit 1
`,
  );
  await chmod(file, 0o755);
}

async function tried(): Promise<string[]> {
  return (await readFile(join(folder, 'tried'), 'utf8')).trimEnd().split('\n');
}

it('tries one CPU after the other where the kernel refuses the number of a namespace', async () => {
  const cpus = (await allowedCpus()).map(String);
  const last = cpus.at(-1) ?? '';
  await fakeUnshare(last, 'Invalid argument');
  const { path } = await createMountNamespace(join(folder, 'held'), 'true', []);
  expect(await readFile(path, 'utf8')).toBe('');
  if (cpus.length > 1) expect((await tried()).slice(1)).toEqual(cpus);
});

it('gives up after the last CPU, and leaves nothing', async () => {
  await fakeUnshare('none', 'Invalid argument');
  await expect(createMountNamespace(join(folder, 'held'), 'true', [])).rejects.toThrow('Invalid argument');
  expect(await tried()).toHaveLength(1 + (await allowedCpus()).length);
  await expect(readFile(join(folder, 'held'))).rejects.toThrow('ENOENT');
});

it('does not try again after another failure', async () => {
  await fakeUnshare('none', 'Operation not permitted');
  await expect(createMountNamespace(join(folder, 'held'), 'true', [])).rejects.toThrow('not permitted');
  expect(await tried()).toHaveLength(1);
});
