import { lstat, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { addImageNeeds } from '../../../../runners/payload/source/image-needs.ts';
import type { SourceImageConfig } from '../../../../runners/payload/payload.ts';
import { isRoot, temporaryFolder } from '../trees.ts';

const config: SourceImageConfig = {
  entrypoint: [],
  command: [],
  environment: {},
  user: '',
  workdir: '/srv/app',
  tcpPorts: [],
  stopSignal: '',
  volumes: ['/var/data'],
};

describe.runIf(isRoot)('what engines add', () => {
  test('folders that are missing, and nothing to those that are there', async () => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'tmp'), { mode: 0o700 });
    await mkdir(join(root, 'srv'), { mode: 0o711 });
    await addImageNeeds(root, config);
    const mode = async (path: string): Promise<number> => (await lstat(join(root, path))).mode & 0o7777;
    expect([await mode('srv'), await mode('srv/app'), await mode('var/data')]).toEqual([0o711, 0o755, 0o755]);
    expect([await mode('tmp'), await mode('proc')]).toEqual([0o700, 0o555]);
  });

  test.each([
    [
      '1000',
      'root:x:0:0::/root:/bin/sh',
      'root:x:0:0::/root:/bin/sh\n1000:*:1000:0:container user:/:/sbin/nologin\n',
    ],
    ['1000:50', '', '1000:*:1000:50:container user:/:/sbin/nologin\n'],
    ['0', 'root:x:0:0::/root:/bin/sh\n', 'root:x:0:0::/root:/bin/sh\n'],
    ['www', 'root:x:0:0::/root:/bin/sh\n', 'root:x:0:0::/root:/bin/sh\n'],
  ])('user %s', async (user, before, after) => {
    const root = await temporaryFolder();
    await mkdir(join(root, 'etc'));
    await writeFile(join(root, 'etc/passwd'), before);
    await addImageNeeds(root, { ...config, user });
    expect(await readFile(join(root, 'etc/passwd'), 'utf8')).toBe(after);
  });

  test('a file in the way of a folder is named', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'srv'), '');
    await expect(addImageNeeds(root, config)).rejects.toThrow(/names the folder \/srv\/app, and has a file/);
  });
});
