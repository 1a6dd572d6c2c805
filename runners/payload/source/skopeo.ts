/** Asks registries and stores for images, and fetches them, with skopeo. Logins are the user's own (auth file). */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../machine/command.ts';
import type { BuildContext } from '../build-payload.ts';
import { withTemporary } from '../cache-entry.ts';
import { architecture, otherArchitecture } from './source-image.ts';
import type { OciSource } from './source.ts';
import { explainFetch } from './explain-fetch.ts';

/** A connection that broke is tried again this often before it is a failure. */
const retries = ['--retry-times', '2'];
const lookMs = 500;

interface Platform {
  architecture?: string;
  os?: string;
}

interface Index {
  manifests?: { platform?: Platform | null }[];
}

/**
 * @returns `sha256:…` by which the image is known: of its manifest in a registry, of its configuration elsewhere, since
 *   stores and archives write a manifest of their own each time
 * @throws ImageError that tells apart why there is none
 */
export async function inspectImage(source: OciSource, context: BuildContext): Promise<string> {
  const isInRegistry = isRegistry(source);
  const what = isInRegistry ? ['--raw'] : ['--raw', '--config'];
  // Into a file, since a digest is of bytes, and text loses its last line feed.
  const answer = await withTemporary(join(context.cache, 'payloads'), async (work) => {
    await mkdir(work);
    const file = join(work, 'answer');
    const args = ['inspect', ...tls(source, '--tls-verify'), ...retries, ...what, nameOf(source)];
    await skopeo(source, args, { work, stdoutFile: file }, context);
    return readFile(file);
  });
  if (isInRegistry) checkIndex(answer, source.image);
  return `sha256:${createHash('sha256').update(answer).digest('hex')}`;
}

/** Copies the image into an OCI layout. @param work an existing folder */
export async function copyImage(
  source: OciSource,
  layout: string,
  work: string,
  context: BuildContext,
): Promise<void> {
  const args = [
    ...['--override-os', 'linux', '--override-arch', architecture],
    ...['copy', '--quiet', ...tls(source, '--src-tls-verify'), ...retries],
    // Layers that are not compressed need not be: they are only read once.
    '--dest-oci-accept-uncompressed-layers',
    nameOf(source),
    `oci:${layout}:image`,
  ];
  await skopeo(source, args, { work, grows: layout }, context);
}

export function isRegistry({ image }: Pick<OciSource, 'image'>): boolean {
  return image.startsWith('docker://');
}

/** With the digest that it is pinned to, which then stands in the tag's place: both at once skopeo does not take. */
function nameOf(source: OciSource): string {
  const { image, digest } = source;
  if (digest === null || !isRegistry(source)) return image;
  return `${image.replace(/:[^:/]+$/, '')}@${digest}`;
}

function tls({ tlsVerify }: OciSource, option: string): string[] {
  return tlsVerify ? [] : [`${option}=false`];
}

interface SkopeoPlaces {
  work: string;
  stdoutFile?: string;
  /** Folder that grows while bytes arrive. */
  grows?: string;
}

async function skopeo(
  source: OciSource,
  args: readonly string[],
  { work, stdoutFile, grows }: SkopeoPlaces,
  { signal }: BuildContext,
): Promise<void> {
  const stalled = new AbortController();
  const watch = isRegistry(source) ? watchGrowth(grows ?? work, source.timeoutMs, stalled) : null;
  try {
    await run('skopeo', ['--tmpdir', work, ...args], {
      signal: AbortSignal.any([signal, stalled.signal]),
      ...(stdoutFile !== undefined && { stdoutFile }),
    });
  } catch (error) {
    signal.throwIfAborted();
    throw explainFetch(error, source, stalled.signal.aborted);
  } finally {
    clearInterval(watch ?? undefined);
  }
}

/** A slow registry is none that is silent: only when nothing has arrived for so long is it given up. */
function watchGrowth(folder: string, timeoutMs: number, stalled: AbortController): NodeJS.Timeout {
  let bytes = -1;
  let grewAt = performance.now();
  return setInterval(() => {
    void bytesBelow(folder).then((now) => {
      if (now !== bytes) grewAt = performance.now();
      bytes = now;
      if (performance.now() - grewAt > timeoutMs) stalled.abort();
    });
  }, lookMs);
}

/** Files come and go while they are counted; what is gone counts nothing. */
async function bytesBelow(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const sizes = await Promise.all(
    entries.map((entry) =>
      stat(join(entry.parentPath, entry.name)).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}

/** A list of images for several processors must have one for this. */
function checkIndex(answer: Buffer, image: string): void {
  const platforms = (JSON.parse(answer.toString()) as Index).manifests?.map(({ platform }) => platform ?? {});
  if (!platforms) return;
  // One that names no platform is for any; skopeo takes it where it finds nothing better.
  const fits = ({ os, architecture: found }: Platform): boolean =>
    (os === 'linux' && found === architecture) || (!os && !found);
  if (platforms.some(fits)) return;
  throw otherArchitecture(
    image,
    platforms.map((each) => `${each.os ?? '?'}/${each.architecture ?? '?'}`),
  );
}
