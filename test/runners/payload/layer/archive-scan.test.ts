import { createHash } from 'node:crypto';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { applyLayers } from '../../../../runners/payload/layer/apply-layers.ts';
import { scanArchive, type ArchiveMember } from '../../../../runners/payload/layer/archive-scan.ts';
import { limitsOf, type PayloadLimits } from '../../../../runners/payload/limits.ts';
import { tarOf, type Member } from '../../../support/images/tar-writer.ts';
import { contextOf, isRoot, pathsBelow, temporaryFolder } from '../trees.ts';

const longName = `long/${'n'.repeat(200)}`;
const terabyte = 2 ** 40;

/** A header that states a sparse file of a terabyte, with nothing in it. */
const sparse: Member = {
  name: 'ignored',
  content: '1\n1099511627776\n0\n'.padEnd(512, '\0'),
  pax: {
    'GNU.sparse.major': '1',
    'GNU.sparse.minor': '0',
    'GNU.sparse.name': 'sparse',
    'GNU.sparse.realsize': String(terabyte),
  },
};

function scanned(archive: Buffer, piece: number): ArchiveMember[] {
  const found: ArchiveMember[] = [];
  const scan = scanArchive((member) => found.push(member));
  for (let at = 0; at < archive.length; at += piece) scan(archive.subarray(at, at + piece));
  return found;
}

test.each([1, 7, 512, 700, 1 << 20])('reads headers in pieces of %i bytes', (piece) => {
  const archive = tarOf([
    { name: 'folder/', type: 'folder' },
    { name: 'file', content: 'x'.repeat(1000) },
    { name: longName, content: 'y' },
    { name: longName, content: 'y', isGnu: true },
    { name: 'link', type: 'symlink', target: 'file', size: 77 },
    sparse,
    { name: 'after', content: '' },
  ]);
  expect(scanned(archive, piece)).toEqual([
    { bytes: 0, isSparse: false, name: 'folder/' },
    { bytes: 1000, isSparse: false, name: 'file' },
    { bytes: 1, isSparse: false, name: longName },
    { bytes: 1, isSparse: false, name: longName },
    { bytes: 0, isSparse: false, name: 'link' },
    { bytes: terabyte, isSparse: true, name: 'sparse' },
    { bytes: 0, isSparse: false, name: 'after' },
  ]);
});

test('what is no archive is passed over', () => {
  expect(scanned(Buffer.alloc(5000, 'rubbish'), 512)).toEqual([]);
});

describe.runIf(isRoot)('a hostile layer ends in words, before the disk has more than the limit', () => {
  async function apply(members: Member[], limits: Partial<PayloadLimits>): Promise<string[]> {
    const work = await temporaryFolder();
    const file = join(work, 'layer');
    const blob = gzipSync(tarOf(members));
    await writeFile(file, blob);
    const digest = `sha256:${createHash('sha256').update(blob).digest('hex')}`;
    const root = join(work, 'root');
    const places = { root, limits: limitsOf({ limits }) };
    await expect(applyLayers([{ file, digest }], 'bomb', places, contextOf(work))).rejects.toThrow(
      /^The image bomb has .*Allow more with "max-(size|files)" in the rootfs/,
    );
    return pathsBelow(root).filter((path) => !path.startsWith('temp-storage-extract'));
  }

  test('a file of zeros that is compressed to nothing', async () => {
    const zeros = Buffer.alloc(16 << 20);
    await apply(
      [
        { name: 'one', content: zeros },
        { name: 'two', content: zeros },
      ],
      { bytes: 20 << 20 },
    );
  });

  test('a sparse file of a terabyte', async () => {
    expect(await apply([sparse], {})).not.toContain('sparse');
  });

  test('more files than are allowed', async () => {
    const many = Array.from({ length: 200 }, (_, at) => ({ name: `file-${at}` }));
    expect((await apply(many, { files: 100 })).length).toBeLessThanOrEqual(100);
  });

  test('a size that only a header states', async () => {
    await apply([{ name: 'large', content: '', size: 8 * terabyte }], {});
  });
});

test.runIf(isRoot)('nothing of the program’s own is left in the root', async () => {
  const work = await temporaryFolder();
  const file = join(work, 'layer');
  await writeFile(file, tarOf([{ name: 'a' }]));
  const root = join(work, 'root');
  await applyLayers([{ file, digest: '' }], 'image', { root, limits: limitsOf({}) }, contextOf(work));
  expect(await readdir(root)).toEqual(['a']);
});
