/** Builds a workload's root filesystem once and keeps it in the cache under the digest of its manifest. */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { monotonicMs } from '../machine/clock.ts';
import type { Log } from '../machine/log.ts';
import { exists, publish, withTemporary, writeEntry } from './cache-entry.ts';
import { ImageError } from './error.ts';
import { copyExtraFiles } from './source/extra-files.ts';
import { removeInside } from './inside.ts';
import { limitsOf } from './limits.ts';
import { readManifest, type Manifest } from './manifest.ts';
import { setTimes } from './normalise.ts';
import type { InstalledPackage } from './source/packages.ts';
import type { BuiltPayload, Payload, SourceImage } from './payload.ts';
import { sourceKey, type PayloadSource } from './source/source.ts';
import { builderOf } from './source/builders.ts';
import type { SourceBuilder } from './source/source-builder.ts';

export interface BuildContext {
  /** Content-addressed cache folder of this machine. */
  cache: string;
  signal: AbortSignal;
  log: Log;
}

/** What is kept beside the tree, so that a warm cache reads one small file. */
interface PayloadMeta {
  digest: string;
  files: number;
  bytes: number;
  packages: InstalledPackage[];
}

/** What the cache knows of a source that was built before: two images may hold the same files and start them otherwise. */
interface BuiltSource {
  digest: string;
  image: SourceImage | null;
}

/** Throws an ImageError when it cannot be built; the cache then holds nothing of it. */
export async function buildPayload(source: PayloadSource, context: BuildContext): Promise<BuiltPayload> {
  const builder = builderOf(source);
  const pinned = await builder.pin(source, context);
  const key = await sourceKey(pinned, await builder.identity(pinned, context));
  const input = join(context.cache, 'inputs', `${key}.json`);
  const known = await readFile(input, 'utf8').catch(() => null);
  if (known !== null) {
    const { digest, image } = JSON.parse(known) as BuiltSource;
    const cached = await readPayload(payloadFolder(context.cache, digest));
    if (cached) return { ...cached, image };
  }
  const startedAt = monotonicMs();
  const { folder, image } = await build(pinned, builder, context);
  const built: BuiltSource = { digest: `sha256:${basename(folder)}`, image };
  await writeEntry(input, `${JSON.stringify(built)}\n`);
  const payload = await readPayload(folder);
  if (!payload)
    throw new ImageError(`The payload ${folder} has just vanished`, 'Is something cleaning the cache?');
  return { ...payload, image, buildMs: monotonicMs() - startedAt };
}

/** A payload that is in the cache already, and the image it was made of. Throws an ImageError when it is not there. */
export async function cachedPayload(
  { digest, image }: Pick<BuiltPayload, 'digest' | 'image'>,
  cache: string,
): Promise<BuiltPayload> {
  const payload = await readPayload(payloadFolder(cache, digest));
  if (payload) return { ...payload, image };
  throw new ImageError(`The payload ${digest} is not in the cache ${cache}`, 'Run the scenario again.');
}

/** Returns the folder of the finished payload, and the image that it was made of. */
async function build(
  source: PayloadSource,
  builder: SourceBuilder<PayloadSource>,
  context: BuildContext,
): Promise<{ folder: string; image: SourceImage | null }> {
  const { cache, signal, log } = context;
  if (process.getuid?.() !== 0) {
    throw new ImageError(
      'Building a payload needs root',
      'Run it as root, or in a user namespace that maps one.',
    );
  }
  log.progress(builder.about(source));
  return withTemporary(join(cache, 'payloads'), async (temporary) => {
    const root = join(temporary, 'rootfs');
    await mkdir(temporary);
    const { packages, image } = await builder.fill(source, root, context);
    for (const path of source.remove) await removeInside(root, path);
    await copyExtraFiles(root, source.files);
    setTimes(root);
    signal.throwIfAborted();

    log.progress('hashing the payload: about a second');
    const manifest = join(temporary, 'manifest.ndjson');
    const { digest, files, bytes } = await writeManifest(root, manifest, { source, context });
    const meta: PayloadMeta = { digest, files, bytes, packages };
    await writeFile(join(temporary, 'meta.json'), `${JSON.stringify(meta, null, 2)}\n`);
    signal.throwIfAborted();
    const folder = payloadFolder(cache, digest);
    await publish(temporary, folder);
    log.debug(`payload ${digest}: ${files} files, ${bytes} bytes`);
    return { folder, image };
  });
}

async function writeManifest(
  root: string,
  file: string,
  { source, context }: { source: PayloadSource; context: BuildContext },
): Promise<Manifest> {
  const manifest = openSync(file, 'wx');
  try {
    return await readManifest(root, context.signal, {
      write: (lines) => {
        writeFileSync(manifest, lines);
      },
      limits: limitsOf(source),
      log: context.log,
    });
  } finally {
    closeSync(manifest);
  }
}

async function readPayload(folder: string): Promise<Payload | null> {
  const meta = join(folder, 'meta.json');
  if (!(await exists(meta))) return null;
  const { digest, files, bytes, packages } = JSON.parse(await readFile(meta, 'utf8')) as PayloadMeta;
  const [root, manifest] = [join(folder, 'rootfs'), join(folder, 'manifest.ndjson')];
  return { digest, root, manifest, files, bytes, packages, buildMs: null };
}

function payloadFolder(cache: string, digest: string): string {
  return join(cache, 'payloads', digest.replace('sha256:', ''));
}
