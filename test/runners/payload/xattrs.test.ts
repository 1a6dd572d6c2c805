import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { parseAttributes, readAttributes } from '../../../runners/payload/xattrs.ts';
import { isRoot, never, restoreAttributes, temporaryFolder } from './trees.ts';

test("reads getfattr's dump: sorted, unescaped, without labels of the machine", () => {
  const block = '# file: ./new\\012line\nuser.z=0x01\nsecurity.selinux=0x03\nsecurity.capability=0x02\n';
  expect(parseAttributes(block)).toEqual(['security.capability=0x02', 'user.z=0x01']);
});

test.runIf(isRoot)('finds those of every name, UTF-8 or not, of folders, links and devices too', async () => {
  const root = await temporaryFolder();
  const location = (name: string): Buffer => Buffer.from(`${root}/${name}`, 'latin1');
  const files = ['plain', 'new\nline=\\', Buffer.from('grüße').toString('latin1'), 'a\xff\xfe'];
  for (const name of files) writeFileSync(location(name), '');
  mkdirSync(location('folder'));
  symlinkSync('plain', location('link'));
  await run('mknod', [join(root, 'device'), 'c', '1', '3']);
  const wanted = new Map(
    [...files, 'folder', 'link', 'device'].map((name) => [name, ['security.tare=0x01']]),
  );
  await restoreAttributes(root, wanted);
  const found = await readAttributes(root, never);
  for (const [name, attributes] of wanted) {
    expect(found.of(Buffer.from(`/${name}`, 'latin1')), name).toEqual(attributes);
  }
  found.close();
});

test.runIf(isRoot)(
  'leaves no file behind, even where it is killed while attributes are asked for',
  async () => {
    const [root, temporary] = [await temporaryFolder(), await temporaryFolder()];
    writeFileSync(join(root, 'plain'), '');
    vi.stubEnv('TMPDIR', temporary);
    try {
      const found = await readAttributes(root, never);
      expect(readdirSync(temporary)).toEqual([]);
      found.close();
    } finally {
      vi.unstubAllEnvs();
    }
  },
);
