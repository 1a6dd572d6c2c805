import { mkdir, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { seed } from '../../../bench/run/rehearse.ts';
import type { Payload } from '../../../runners/payload/payload.ts';
import { pathsBelow, temporaryFolder } from '../../runners/payload/trees.ts';

test('a cache of its own has links to what is complete, and nothing that another run is still building', async () => {
  const folder = await temporaryFolder();
  const cache = join(folder, 'cache');
  const complete = [
    'payloads/abc/root/etc/hosts',
    'guests/kernel/vmlinuz',
    'oci/abc/layers/layers.json',
    'disks/abc.ext4',
  ];
  const others = [
    'payloads/def/root/hosts',
    'guests/.unfinished-host-1-aa/vmlinuz',
    'oci/abc/.unfinished-host-1-aa/index.json',
    'oci/def/layers/layers.json',
    'disks/.unfinished-host-1-aa',
  ];
  for (const path of [...complete, ...others]) {
    await mkdir(dirname(join(cache, path)), { recursive: true });
    await writeFile(join(cache, path), path);
  }
  const own = join(folder, 'own');
  const payload = { digest: 'sha256:abc', root: join(cache, 'payloads/abc/root') } as Payload;
  await seed(cache, own, payload, true);
  const files = pathsBelow(own).filter((path) => /\.\w+$|hosts$|vmlinuz$/.test(path));
  expect(files.sort()).toEqual([...complete].sort());
  for (const path of complete) {
    expect((await stat(join(own, path))).ino).toBe((await stat(join(cache, path))).ino);
  }

  const withoutMachines = join(folder, 'without-machines');
  await seed(cache, withoutMachines, payload, false);
  expect(pathsBelow(withoutMachines)).not.toContain('guests');
});
