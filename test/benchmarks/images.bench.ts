/**
 * Hard images, weighed by the program as built: how long from the image to both of its forms, and what the harness takes; and
 * how long unpacking takes beside podman, which reads the same archive in the same run.
 */
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { run } from '../../runners/machine/command.ts';
import { unmountBelow } from '../../runners/machine/mounts/mounts.ts';
import { removeTree } from '../../runners/machine/remove-tree.ts';
import { ociSource } from '../../runners/payload/source/oci.ts';
import { makeSandbox } from '../support/tare.ts';
import { writeImageLayout } from '../support/images/image-layout.ts';
import { runBuilt } from './built.ts';
import type { BenchRow } from './row.ts';

const config = { Entrypoint: ['/bin/server'], ExposedPorts: { '80/tcp': {} } };

export async function benchImages(): Promise<BenchRow[]> {
  return [
    ...(await benchImage('an image of 100,000 files', writeManyFiles)),
    ...(await benchImage('an image with a layer of 2 GiB', writeLargeFile)),
  ];
}

async function benchImage(name: string, fill: (root: string) => Promise<void>): Promise<BenchRow[]> {
  const box = await makeSandbox();
  try {
    const root = join(box.folder, 'root');
    await mkdir(join(root, 'bin'), { recursive: true });
    await writeFile(join(root, 'bin', 'server'), '', { mode: 0o755 });
    await fill(root);
    const tar = join(box.folder, 'layer.tar');
    await run('tar', ['--create', '--xattrs', '--format=posix', `--file=${tar}`, `--directory=${root}`, '.']);
    await writeImageLayout(join(box.folder, 'image'), [tar], config);
    await run('rm', ['-r', root]);
    const unpacking = await benchUnpacking(box.folder);
    const workload = {
      name: 'hard',
      rootfs: { from: 'oci', image: 'oci:image' },
      ready: { by: 'http', path: '/' },
    };
    const scenario = { name: 'hard', workload, platforms: ['process', 'runc', 'vm'] };
    await writeFile(join(box.folder, 'hard.yaml'), JSON.stringify(scenario));
    const cache = join(box.folder, 'cache');
    const { durationMs, maxRssMiB } = await runBuilt(box, ['build', 'hard.yaml', '--cache-dir', cache]);
    return [
      { name: `${name}: payload, container image and VM disk`, value: durationMs, unit: 'ms', atMost: null },
      { name: 'the same, memory at most', value: maxRssMiB, unit: 'MiB', atMost: 150 },
      { name: 'the same, unpacked, over podman pull', value: unpacking, unit: 'ratio', atMost: 1.2 },
    ];
  } finally {
    await box.remove();
  }
}

/** How long from an archive to its files, over `podman pull` of that archive; the second of two rounds, both then warm. */
async function benchUnpacking(folder: string): Promise<number> {
  const archive = `oci-archive:${join(folder, 'image.tar')}`;
  await run('skopeo', ['copy', '--quiet', `oci:${join(folder, 'image')}`, archive]);
  let ratio = 0;
  for (const round of ['cold', 'warm']) {
    const [store, root] = [join(folder, `store-${round}`), join(folder, `root-${round}`)];
    const podmanMs = await timed(() =>
      run('podman', [
        '--root',
        store,
        '--runroot',
        join(folder, `state-${round}`),
        'pull',
        '--quiet',
        archive,
      ]),
    );
    const source = { from: 'oci', image: archive, digest: null, tlsVerify: true, timeoutMs: 60_000 } as const;
    const nothing = (): void => undefined;
    const log = { progress: nothing, debug: nothing, warn: nothing };
    const context = { cache: join(folder, 'unpacked'), signal: new AbortController().signal, log };
    const ownMs = await timed(() => ociSource.fill({ ...source, files: [], remove: [] }, root, context));
    ratio = ownMs / podmanMs;
    await unmountBelow(store);
    for (const path of [store, root]) await removeTree(path);
  }
  return ratio;
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const beganAt = monotonicMs();
  await work();
  return monotonicMs() - beganAt;
}

function writeManyFiles(root: string): Promise<void> {
  for (let folder = 0; folder < 1000; folder += 1) {
    const path = join(root, 'usr', 'share', `some-package-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let file = 0; file < 100; file += 1)
      writeFileSync(join(path, `file-${file}`), `${folder} ${file}\n`);
  }
  return Promise.resolve();
}

/** All zeros, written out in the layer: what has to pass through is the same, and a benchmark needs no random 2 GiB. */
async function writeLargeFile(root: string): Promise<void> {
  await writeFile(join(root, 'large'), '');
  await truncate(join(root, 'large'), 2 ** 31);
}
