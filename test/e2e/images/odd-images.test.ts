/**
 * Images as no usual builder makes them. The fixture holds what each gives (`is`), and what it gave when layers were still
 * unpacked by tar (`was`; not there: it was refused), so that a payload's digest never changes unseen.
 */
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { limitsOf } from '../../../runners/payload/limits.ts';
import { readManifest } from '../../../runners/payload/manifest.ts';
import { fillFromLayout } from '../../../runners/payload/source/oci.ts';
import { oddLayouts, writeOddLayout } from '../../support/images/odd-layouts/write-odd-layout.ts';
import { contextOf, isRoot, never, pathsBelow, temporaryFolder } from '../../runners/payload/trees.ts';

const fixture = new URL('../../fixtures/odd-layouts.json', import.meta.url);
const known = JSON.parse(await readFile(fixture, 'utf8')) as Record<string, { is: string; was?: string }>;

/** What tar made another thing of than engines do. */
const misread = [
  'a file through a relative link of a lower layer',
  'a file through an absolute link of a lower layer',
  'a whiteout through a link',
  'a whiteout behind its own file',
  // The folder itself lost its owner and mode.
  'an opaque folder',
  'an opaque folder said last',
  // Engines refuse it.
  'an unknown type flag',
];

async function rootOf(name: string): Promise<string> {
  const odd = oddLayouts.find((each) => each.name === name);
  if (odd === undefined) throw new Error(`there is no odd layout called ${name}`);
  const folder = await temporaryFolder();
  const [layout, root] = [join(folder, 'layout'), join(folder, 'root')];
  await writeOddLayout(odd, layout);
  const image = { layout, name: 'odd', digest: '', limits: limitsOf({}) };
  await fillFromLayout(image, root, contextOf(folder));
  return root;
}

describe.runIf(isRoot)('an image with', () => {
  test.each(oddLayouts.map(({ name }) => name))('%s', async (name) => {
    const found = await rootOf(name).then(
      async (root) => (await readManifest(root, never)).digest,
      (error: unknown) => (error as Error).message.replace(/sha256:[0-9a-f]+/, 'DIGEST'),
    );
    expect(found).toBe(known[name]?.is);
  });
});

test('every image that worked before has the payload that it had', () => {
  const changed = Object.entries(known).filter(([, { is, was }]) => was !== undefined && was !== is);
  expect(changed.map(([name]) => name).sort()).toEqual([...misread].sort());
  expect(Object.keys(known).sort()).toEqual(oddLayouts.map(({ name }) => name).sort());
});

describe.runIf(isRoot)('the storage of engines has the same files for', () => {
  // vfs applies each layer to a copy of those below it: what overlay makes of a link below depends on the kernel.
  test.each([
    'a file through a relative link of a lower layer',
    'a file through an absolute link of a lower layer',
    'a name with ..',
    'a hard link to a lower layer',
    'a whiteout of a folder, and a file in it',
    'an opaque folder said last',
  ])('%s', async (name) => {
    const folder = await temporaryFolder();
    const layout = join(folder, 'layout');
    const odd = oddLayouts.find((each) => each.name === name);
    if (odd === undefined) throw new Error(name);
    await writeOddLayout(odd, layout);
    const graph = join(folder, 'graph');
    const conf = join(folder, 'storage.conf');
    await writeFile(
      conf,
      `[storage]\ndriver = "vfs"\ngraphroot = "${graph}"\nrunroot = "${join(folder, 'run')}"\n`,
    );
    await run(
      'skopeo',
      [
        '--insecure-policy',
        '--tmpdir',
        folder,
        'copy',
        '--quiet',
        `oci:${layout}`,
        'containers-storage:odd:1',
      ],
      { env: { CONTAINERS_STORAGE_CONF: conf } },
    );
    const [image] = JSON.parse(await readFile(join(graph, 'vfs-images', 'images.json'), 'utf8')) as {
      layer: string;
    }[];
    const engines = join(graph, 'vfs', 'dir', image?.layer ?? '');
    expect(await contentsOf(await rootOf(name))).toEqual(
      [...new Set([...(await contentsOf(engines)), 'dev', 'proc', 'run', 'sys', 'tmp'])].sort(),
    );
  });
});

async function contentsOf(root: string): Promise<string[]> {
  const found: string[] = [];
  for (const path of pathsBelow(root)) {
    const text = await readFile(join(root, path)).catch(() => null);
    found.push(text === null ? path : `${path} ${createHash('sha256').update(text).digest('hex')}`);
  }
  return found.sort();
}

test.runIf(isRoot)('no file is written outside the root, wherever a link leads', async () => {
  const outside = '/tmp/tare-outside';
  await run('rm', ['-rf', outside]);
  await mkdir(outside);
  try {
    await rootOf('a file through a link that leads out');
    expect(pathsBelow(outside)).toEqual([]);
  } finally {
    await run('rm', ['-rf', outside]);
  }
});
