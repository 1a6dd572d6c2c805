/** Real payloads from the Debian archive, real images judged by other programs, real full disks. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { removeTree } from '../../../runners/machine/remove-tree.ts';
import { buildPayload } from '../../../runners/payload/build-payload.ts';
import { packDisk } from '../../../runners/payload/disk/disk.ts';
import {
  packOciImage,
  unpackOciImage,
  type ImageConfig,
} from '../../../runners/payload/oci-image/oci-image.ts';
import type { DebianSource } from '../../../runners/payload/source/source.ts';
import { lookupUser } from '../../../runners/payload/users.ts';
import {
  contextOf,
  digestOf,
  isRoot,
  makeTree,
  pathsBelow,
  payloadOf,
  temporaryFolder,
} from '../../runners/payload/trees.ts';

const config: ImageConfig = {
  command: ['/bin/busybox', 'httpd', '-f', '-p', '8080', '-h', '/srv/www'],
  environment: { LANG: 'C.UTF-8' },
  user: 'www',
  workdir: '/srv/www',
  port: 8080,
  stopSignal: 'SIGTERM',
};

async function tiny(changes: Partial<DebianSource> = {}): Promise<DebianSource> {
  const folder = await temporaryFolder();
  await writeFile(join(folder, 'passwd'), 'root:x:0:0::/root:/bin/sh\nwww:x:33:33::/srv/www:/bin/sh\n');
  await writeFile(join(folder, 'index.html'), '<p>hello</p>\n');
  return {
    from: 'debian',
    suite: 'bookworm',
    variant: 'extract',
    packages: ['busybox-static'],
    mirror: null,
    files: [
      { from: join(folder, 'passwd'), to: '/etc/passwd', mode: 0o644, owner: 'root:root' },
      { from: join(folder, 'index.html'), to: '/srv/www/index.html', mode: 0o444, owner: 'www:33' },
    ],
    remove: ['/usr/share/doc'],
    ...changes,
  };
}

/** A small disk that is gone after the test. */
async function smallDisk(mebibytes: number): Promise<string> {
  const folder = await temporaryFolder();
  await run('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tare-test', folder]);
  onTestFinished(async () => {
    await run('umount', [folder]);
  });
  return folder;
}

/** What is left of a failed build, folders of the layout aside. */
function leftIn(cache: string): string[] {
  return pathsBelow(cache).filter((path) => path.includes('/') && !/^oci\/[0-9a-f]{64}$/.test(path));
}

describe.runIf(isRoot)('a real payload', () => {
  /** To fetch and unpack the package takes longest; what one test has built is in it for the others. */
  let cache: string;
  beforeAll(async () => {
    cache = await mkdtemp(join(tmpdir(), 'tare-images-'));
  });
  afterAll(() => removeTree(cache));

  test('two builds are the same, and the second use comes from the cache', async () => {
    const source = await tiny();
    const [one, two] = [contextOf(cache), contextOf(await temporaryFolder())];
    const first = await buildPayload(source, one);
    const second = await buildPayload(source, two);
    expect(second.digest).toBe(first.digest);
    expect(await digestOf(second.root)).toBe(first.digest);
    expect(first.buildMs).toBeGreaterThan(0);
    expect(first.packages.map(({ name }) => name)).toEqual(['busybox-static']);
    expect(first.packages[0]?.version).toMatch(/^1:1\.\d+/);
    const manifest = await readFile(first.manifest, 'utf8');
    expect(manifest.split('\n').length - 1).toBe(first.files);
    expect(manifest).toContain('"path":"/bin/busybox","type":"file","mode":"0755"');
    expect(manifest).not.toContain('/usr/share/doc');
    // Nothing of this machine or its package source is inside.
    for (const path of ['etc/hostname', 'etc/resolv.conf', 'etc/apt/sources.list']) {
      await expect(readFile(join(first.root, path))).rejects.toThrow(/ENOENT/);
    }
    expect(await lookupUser(first.root, 'www')).toEqual({ uid: 33, gid: 33, groups: [33], home: '/srv/www' });

    const again = await buildPayload(source, one);
    expect(again).toEqual({ ...first, buildMs: null });
  });

  test('two builders of a change at the same time both succeed with one other payload', async () => {
    const source = await tiny({ remove: [] });
    const context = contextOf(await temporaryFolder());
    const payloads = await Promise.all([buildPayload(source, context), buildPayload(source, context)]);
    expect(payloads[0].digest).toBe(payloads[1].digest);
    expect((await buildPayload(await tiny(), contextOf(cache))).digest).not.toBe(payloads[0].digest);
    expect(await readdir(join(context.cache, 'payloads'))).toEqual([
      payloads[0].digest.replace('sha256:', ''),
    ]);
    const images = await Promise.all([
      packOciImage(payloads[0], config, context),
      packOciImage(payloads[1], config, context),
      packDisk(payloads[0], context),
      packDisk(payloads[1], context),
    ]);
    expect(images[0]).toEqual(images[1]);
    expect(images[2]).toEqual(images[3]);
    const names = pathsBelow(context.cache).filter((path) => path.includes('.unfinished'));
    expect(names).toEqual([]);
  });

  test('skopeo reads both images, and umoci unpacks the payload again', async () => {
    const context = contextOf(cache);
    const payload = await buildPayload(await tiny(), context);
    const image = await packOciImage(payload, config, context);
    for (const name of ['gzip', 'zstd'] as const) {
      const inspected = await run('skopeo', ['inspect', `oci:${image.layout}:${name}`]);
      expect(JSON.parse(inspected.stdout)).toMatchObject({
        Digest: image.manifests[name].digest,
        Os: 'linux',
        Layers: [image.manifests[name].layer.digest],
        Env: ['LANG=C.UTF-8'],
      });
    }
    const bundle = join(await temporaryFolder(), 'bundle');
    await run('umoci', ['unpack', '--image', `${image.layout}:gzip`, bundle]);
    const runtime = JSON.parse(await readFile(join(bundle, 'config.json'), 'utf8')) as {
      process: { args: string[]; user: { uid: number }; cwd: string };
    };
    expect(runtime.process).toMatchObject({ args: config.command, user: { uid: 33 }, cwd: '/srv/www' });
    expect(await digestOf(join(bundle, 'rootfs'))).toBe(payload.digest);
    expect(await digestOf((await unpackOciImage(image, context)).root)).toBe(payload.digest);
  });

  test('the VM disk, mounted by the kernel, holds the same files', async () => {
    const payload = await payloadOf(await makeTree(await temporaryFolder()));
    const disk = await packDisk(payload, contextOf(await temporaryFolder()));
    const place = await temporaryFolder();
    const mounted = await run('mount', ['-o', 'loop,ro,noload', disk.file, place], { accept: [0, 1, 32] });
    if (mounted.code === 0) {
      onTestFinished(async () => {
        await run('umount', [place]);
      });
    } else {
      // No loop device here: debugfs reads the file system instead.
      await run('debugfs', ['-R', `rdump / ${place}`, disk.file]);
    }
    const found = await payloadOf(place);
    // lost+found is the file system's own.
    expect(found.files).toBe(payload.files + 1);
    if (mounted.code !== 0) return;
    const copy = join(await temporaryFolder(), 'copy');
    await run('cp', ['-a', place, copy]);
    await rm(join(copy, 'lost+found'), { recursive: true });
    expect(await digestOf(copy)).toBe(payload.digest);
  });
});

describe.runIf(isRoot)('what goes wrong', () => {
  test('an abort ends mmdebstrap and leaves nothing', async () => {
    const cache = await temporaryFolder();
    const controller = new AbortController();
    const building = buildPayload(await tiny({ variant: 'minbase' }), contextOf(cache, controller.signal));
    const failure = building.then(
      () => null,
      (error: unknown) => error,
    );
    // Somewhere between downloading and installing.
    await sleep(4000);
    controller.abort('SIGINT');
    expect(await failure).toBe('SIGINT');
    expect(leftIn(cache)).toEqual([]);
    const running = await run('ps', ['-eo', 'args']);
    expect(running.stdout.split('\n').filter((line) => line.includes(cache))).toEqual([]);
    expect(await readFile('/proc/self/mounts', 'utf8')).not.toContain(cache);
  });

  test('a full disk while building', async () => {
    const cache = await smallDisk(1);
    await expect(buildPayload(await tiny(), contextOf(cache))).rejects.toThrow(
      new RegExp(`^The disk of the cache ${cache}/payloads is full.*--cache-dir`),
    );
    expect(leftIn(cache)).toEqual([]);
  });

  test('a full disk while packing', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'random'), randomBytes(8 << 20));
    const payload = await payloadOf(root);
    const cache = await smallDisk(6);
    await expect(packOciImage(payload, config, contextOf(cache))).rejects.toThrow(/^The disk .* is full/);
    await expect(packDisk(payload, contextOf(cache))).rejects.toThrow(/^The disk .* is full/);
    expect(leftIn(cache)).toEqual([]);
  });

  test('a full disk while unpacking', async () => {
    const root = await temporaryFolder();
    await writeFile(join(root, 'zeros'), Buffer.alloc(8 << 20, 'a'));
    const cache = await smallDisk(6);
    const image = await packOciImage(await payloadOf(root), config, contextOf(cache));
    const before = leftIn(cache);
    await expect(unpackOciImage(image, contextOf(cache))).rejects.toThrow(/^The disk .* is full/);
    expect(leftIn(cache)).toEqual(before);
  });

  test.each(['mmdebstrap', 'setpriv', 'unshare', 'getfattr', 'pigz', 'zstd', 'tar', 'mke2fs'])(
    'without %s the message names it and its package',
    async (missing) => {
      const folder = await temporaryFolder();
      const root = join(folder, 'root');
      await mkdir(root);
      const payload = await payloadOf(root);
      const programs = join(folder, 'bin');
      await mkdir(programs);
      const found = process.env['PATH'] ?? '';
      for (const program of [
        'setpriv',
        'unshare',
        'rm',
        'tar',
        'pigz',
        'zstd',
        'mke2fs',
        'debugfs',
        'getfattr',
      ]) {
        if (program === missing) continue;
        const { stdout } = await run('which', [program]);
        await symlink(stdout, join(programs, program));
      }
      const cache = join(folder, 'cache');
      process.env['PATH'] = programs;
      onTestFinished(() => {
        process.env['PATH'] = found;
      });
      const attempt = ['mmdebstrap', 'setpriv', 'unshare'].includes(missing)
        ? buildPayload(await tiny(), contextOf(cache))
        : missing === 'getfattr'
          ? payloadOf(root)
          : missing === 'mke2fs'
            ? packDisk(payload, contextOf(cache))
            : packOciImage(payload, config, contextOf(cache));
      const message = new RegExp(`program ${missing} is not installed.*apt-get install [a-z0-9-]+`, 's');
      await expect(attempt).rejects.toThrow(message);
    },
  );

  test('an archive that cannot be reached', async () => {
    const cache = await temporaryFolder();
    // A port that has just been free: nobody listens there.
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) => server.close(resolve));
    const source = await tiny({ mirror: `http://127.0.0.1:${port}/debian` });
    await expect(buildPayload(source, contextOf(cache))).rejects.toThrow(
      new RegExp(`http://127.0.0.1:${port}/debian cannot be reached.*"mirror"`),
    );
    expect(leftIn(cache)).toEqual([]);
  });

  test('a package and a suite that do not exist', async () => {
    const context = contextOf(await temporaryFolder());
    await expect(buildPayload(await tiny({ packages: ['busybox-statik'] }), context)).rejects.toThrow(
      /has no package "busybox-statik"/,
    );
    await expect(buildPayload(await tiny({ suite: 'bookwurm' }), context)).rejects.toThrow(
      /no suite "bookwurm"/,
    );
    expect(leftIn(context.cache)).toEqual([]);
  });
});
