import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { locationKey, parseAttributes, readAttributes } from '../../../runners/payload/xattrs.ts';
import { isRoot, never, restoreAttributes, temporaryFolder } from './trees.ts';

test("reads getfattr's dump: sorted, unescaped, without labels of the machine", () => {
  const dump = [
    '# file: /r/a b',
    'user.z=0x01',
    'security.capability=0x02',
    '',
    '# file: /r/new\\012line\\134\\075',
    'user.a=0x',
    '',
    '# file: /r/labelled',
    'security.selinux=0x03',
    '',
  ].join('\n');
  expect([...parseAttributes(dump)]).toEqual([
    ['/r/a b', ['security.capability=0x02', 'user.z=0x01']],
    ['/r/new\nline\\=', ['user.a=0x']],
  ]);
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
    expect(found.get(locationKey(location(name))), name).toEqual(attributes);
  }
});
