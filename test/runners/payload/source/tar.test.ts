import { open, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { run } from '../../../../runners/machine/command.ts';
import { scanArchive, type ArchiveMember } from '../../../../runners/payload/layer/archive-scan.ts';
import type { PayloadLimits } from '../../../../runners/payload/limits.ts';
import type { TarSource } from '../../../../runners/payload/source/source.ts';
import { tarSource } from '../../../../runners/payload/source/tar.ts';
import { tarOf, type Member } from '../../../support/images/tar-writer.ts';
import { contextOf, isRoot, temporaryFolder } from '../trees.ts';

const hundredKiB = 'x'.repeat(100 << 10);
const files = Array.from({ length: 20 }, (_, at): Member => ({ name: `file-${at}`, content: hundredKiB }));

describe.runIf(isRoot)(
  'an archive with too much in it ends in words before more than the limit is written',
  () => {
    test.each<[string, Partial<PayloadLimits>, RegExp]>([
      ['files', { files: 10 }, /The archive .*root\.tar has more than 10 files.*"max-files"/],
      ['bytes', { bytes: 1 << 20 }, /The archive .*root\.tar has files of more than 1 MiB.*"max-size"/],
    ])('%s', async (_, limits, words) => {
      for (const pack of [(content: Buffer) => content, gzipSync]) {
        const folder = await temporaryFolder();
        const [path, root] = [join(folder, 'root.tar'), join(folder, 'root')];
        await writeFile(path, pack(tarOf(files)));
        const source: TarSource = { from: 'tar', path, files: [], remove: [], limits };
        const filling = tarSource.fill(source, root, contextOf(folder));
        await expect(filling).rejects.toThrow(words);
        expect((await readdir(root)).length).toBeLessThanOrEqual(10);
      }
    });
  },
);

test('headers of a sparse file with more holes than its header can list are read to their end', async () => {
  const folder = await temporaryFolder();
  const block = Buffer.alloc(4096, 'x');
  const handle = await open(join(folder, 'sparse'), 'w');
  for (let at = 0; at < 60; at += 1) await handle.write(block, 0, block.length, at * (1 << 20));
  await handle.truncate(64 << 20);
  await handle.close();
  await writeFile(join(folder, 'then'), 'after it');
  const tar = ['--create', '--format=gnu', '--sparse', `--directory=${folder}`, 'sparse', 'then'];
  const { stdout } = await run('tar', [...tar, '--file=-'], { output: 'bytes' });
  const found: ArchiveMember[] = [];
  scanArchive((member) => found.push(member))(Buffer.from(stdout));
  expect(found).toEqual([
    { bytes: 64 << 20, isSparse: true, name: 'sparse' },
    { bytes: 8, isSparse: false, name: 'then' },
  ]);
});
