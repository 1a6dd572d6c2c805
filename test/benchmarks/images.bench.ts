/** Hard images, weighed by the program as built: how long from the image to both of its forms, and what the harness takes. */
import { mkdir, truncate, writeFile } from 'node:fs/promises';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../../runners/machine/command.ts';
import { makeSandbox } from '../support/tare.ts';
import { writeImageLayout } from '../support/image-layout.ts';
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
    ];
  } finally {
    await box.remove();
  }
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
