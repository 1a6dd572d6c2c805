import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { buildPayload } from '../../../runners/payload/build-payload.ts';
import { packDisk } from '../../../runners/payload/disk/disk.ts';
import { packOciImage, unpackOciImage } from '../../../runners/payload/oci-image/oci-image.ts';
import type { PayloadSource } from '../../../runners/payload/source/source.ts';
import { contextOf, digestOf, isRoot, temporaryFolder } from '../../runners/payload/trees.ts';

const config = {
  command: ['/serve'],
  environment: {},
  user: 'root',
  workdir: '/',
  port: 80,
  stopSignal: 'SIGTERM',
};

/** A folder with a file at the end of a path of so many characters. */
async function sourceWith(characters: number): Promise<PayloadSource> {
  const path = await temporaryFolder();
  let left = characters;
  let script = '';
  for (; left > 201; left -= 201) script += `mkdir "d" x 200; chdir "d" x 200;`;
  script += `open(F, ">", "f" x ${left - 1}); print F "deep"; close F`;
  await run('perl', ['-e', script], { cwd: path });
  return { from: 'directory', path, files: [], remove: [] };
}

describe.runIf(isRoot)('a payload with paths', () => {
  test('that are too long only behind the cache’s own is built, and packed in both forms', async () => {
    const cache = join(await temporaryFolder(), 'c'.repeat(150));
    await mkdir(cache);
    const context = contextOf(cache);
    const payload = await buildPayload(await sourceWith(4040), context);
    expect(await digestOf(payload.root)).toBe(payload.digest);
    expect(payload.bytes).toBe(4);
    const { root } = await unpackOciImage(await packOciImage(payload, config, context), context);
    expect(await digestOf(root)).toBe(payload.digest);
    const { file } = await packDisk(payload, context);
    // It fails on anything that is wrong.
    expect((await run('e2fsck', ['-fn', file])).stdout).toContain('Pass 5');
  });

  test('that are too long for any program is refused in words', async () => {
    const building = buildPayload(await sourceWith(5000), contextOf(await temporaryFolder()));
    await expect(building).rejects.toThrow(/has a path of more than 4096 characters.*"remove"/);
  });

  test('with more than the workload allows is refused before it is read', async () => {
    const path = await temporaryFolder();
    await writeFile(join(path, 'sparse'), '');
    await run('truncate', ['--size=1T', join(path, 'sparse')]);
    const source: PayloadSource = { from: 'directory', path, files: [], remove: [] };
    const context = contextOf(await temporaryFolder());
    await expect(buildPayload(source, context)).rejects.toThrow(
      /files of more than 64 GiB \(the holes of sparse files count\)\. Allow more with "max-size" in the rootfs/,
    );
    await expect(buildPayload({ ...source, limits: { files: 1 } }, context)).rejects.toThrow(
      /has more than 1 files\. Allow more with "max-files"/,
    );
  });
});
