import { link, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { allocatedBelow } from '../../../runners/machine/tree-size.ts';

test('counts blocks of what is inside: hard links once, names of any bytes, and nothing that a link leads to', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'tare-size-'));
  try {
    const root = join(folder, 'root');
    await mkdir(join(root, 'inside'), { recursive: true });
    const empty = await allocatedBelow(root);
    await writeFile(join(root, 'inside', 'file'), Buffer.alloc(64 << 10, 1));
    await link(join(root, 'inside', 'file'), join(root, 'again'));
    const withFile = await allocatedBelow(root);
    expect(withFile - empty).toBe(64 << 10);
    await mkdir(join(folder, 'outside'));
    await writeFile(join(folder, 'outside', 'large'), Buffer.alloc(1 << 20, 1));
    await symlink('../outside', join(root, 'link'));
    expect((await allocatedBelow(root)) - withFile).toBeLessThan(64 << 10);
    const notUtf8 = Buffer.concat([Buffer.from(`${root}/`), Buffer.from([0xff])]);
    await writeFile(notUtf8, Buffer.alloc(128 << 10, 1));
    expect((await allocatedBelow(root)) - withFile).toBeGreaterThanOrEqual(128 << 10);
  } finally {
    await rm(folder, { recursive: true });
  }
});
