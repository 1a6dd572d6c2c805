import { access, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { openLease } from '../../../runners/machine/lease/lease.ts';
import { createLayer } from '../../../runners/machine/mounts/overlay.ts';
import { removeTree } from '../../../runners/machine/remove-tree.ts';
import { allocatedBelow } from '../../../runners/machine/tree-size.ts';

const isRoot = process.getuid?.() === 0;
const depth = 450;

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-deep-'));
  onTestFinished(() => removeTree(folder));
  return folder;
}

/** Folders in each other whose path is twice as long as the kernel takes, and a file: on tmpfs, folders take no blocks. */
async function makeDeep(folder: string): Promise<void> {
  const script = `for (1..${depth}) { mkdir "deep" x 5 or die; chdir "deep" x 5 or die } open my $file, ">", "file" or die; print $file "x" x 5000`;
  await run('perl', ['-e', script], { cwd: folder });
}

test('a tree deeper than a path can be long is measured and removed, which Node itself cannot', async () => {
  const folder = await temporaryFolder();
  await makeDeep(folder);
  await expect(rm(folder, { recursive: true })).rejects.toThrow(/ENAMETOOLONG|ENOTEMPTY/);
  expect(await allocatedBelow(folder)).toBeGreaterThan(0);
  await removeTree(folder);
  await expect(access(folder)).rejects.toThrow(/ENOENT/);
  await removeTree(folder);
});

test('what a link leads to is neither measured nor removed', async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'outside'));
  await writeFile(join(folder, 'outside', 'kept'), Buffer.alloc(1 << 20, 1));
  await mkdir(join(folder, 'tree'));
  await symlink('../outside', join(folder, 'tree', 'link'));
  expect(await allocatedBelow(join(folder, 'tree'))).toBeLessThan(1 << 20);
  await removeTree(join(folder, 'tree'));
  expect(await readdir(folder)).toEqual(['outside']);
  expect(await readdir(join(folder, 'outside'))).toEqual(['kept']);
});

test.runIf(isRoot)(
  'an instance’s layer with such a tree goes at its end, and by the lease of a killed run',
  async () => {
    const folder = await temporaryFolder();
    const log = { progress: () => undefined, debug: () => undefined, warn: () => undefined };
    const lower = join(folder, 'lower');
    await mkdir(lower);
    const first = await createLayer(join(folder, 'first'), lower);
    await makeDeep(first.merged);
    expect(await first.allocatedBytes()).toBeGreaterThan(0);
    await first.dispose();
    const lease = await openLease(join(folder, 'state'), 'run');
    const second = join(folder, 'second');
    await lease.add({ kind: 'folder', path: second });
    await makeDeep((await createLayer(second, lower)).merged);
    expect(await releaseLease(lease.file, log)).toEqual([]);
    expect(await readdir(folder)).toEqual(['lower', 'state']);
  },
);
