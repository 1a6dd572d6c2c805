/** Where a payload comes from, and the key under which the cache knows that source. */
import { createHash, type Hash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { ImageError } from '../error.ts';
import type { PayloadLimits } from '../limits.ts';

export interface ExtraFile {
  /** Absolute path on this machine: a file, or a folder that is copied whole. */
  from: string;
  /** Absolute path inside the payload: of the file, or of the folder. */
  to: string;
  /** Permission bits of files, for instance 0o644; folders get the matching search bits. */
  mode: number;
  /** `user:group` by name or number. */
  owner: string;
}

interface SourceBase {
  files: ExtraFile[];
  /** Paths removed from what the source gave, before `files` are copied; absolute inside the payload. */
  remove: string[];
  /** Changes to what a payload may hold at most. */
  limits?: Partial<PayloadLimits>;
}

export interface DebianSource extends SourceBase {
  from: 'debian';
  suite: string;
  /** mmdebstrap's variant: `minbase`, `extract` … */
  variant: string;
  packages: string[];
  /** Package source; null: the archive's default. */
  mirror: string | null;
}

export interface OciSource extends SourceBase {
  from: 'oci';
  /** As skopeo names it: `docker://…`, `oci:/path:name`, `docker-daemon:…`; no digest in it. */
  image: string;
  /** `sha256:…`: the image must be this one; null: whichever the name means. */
  digest: string | null;
  /** False: the registry may speak HTTP or show a certificate that nobody vouches for. */
  tlsVerify: boolean;
  /** A registry that sends nothing for that long has failed. */
  timeoutMs: number;
}

export interface ContainerfileSource extends SourceBase {
  from: 'containerfile';
  /** Absolute paths on this machine. */
  context: string;
  file: string;
  arguments: Record<string, string>;
  /** Stage to build; null: the last. */
  target: string | null;
  builder: 'auto' | 'buildah' | 'docker';
}

export interface DirectorySource extends SourceBase {
  from: 'directory';
  /** Absolute path on this machine. */
  path: string;
}

export interface TarSource extends SourceBase {
  from: 'tar';
  /** Absolute path on this machine. */
  path: string;
}

export type PayloadSource = DebianSource | OciSource | ContainerfileSource | DirectorySource | TarSource;

/** Changes whenever the builder makes another payload of the same source. */
const builderVersion = 1;

/**
 * Hexadecimal key of everything that goes into a build: what the source says of itself, the changes to it, the content
 * of the extra files, this machine's architecture and the builder's version. Throws an ImageError when an extra file
 * cannot be read.
 *
 * @param identity what makes the source this one and no other, plain JSON
 */
export async function sourceKey(source: PayloadSource, identity: readonly unknown[]): Promise<string> {
  const hash = createHash('sha256');
  add(hash, JSON.stringify([builderVersion, process.arch, source.from, ...identity]));
  add(hash, JSON.stringify(source.remove));
  for (const file of source.files) {
    add(hash, JSON.stringify([file.to, file.mode, file.owner]));
    await addContent(hash, file.from);
  }
  return hash.digest('hex');
}

async function addContent(hash: Hash, path: string): Promise<void> {
  const stat = await lstat(path).catch((error: unknown) => {
    throw new ImageError(
      `The extra file ${path} of the workload cannot be read`,
      'Correct its "from", which is relative to the workload file.',
      { cause: error },
    );
  });
  if (stat.isDirectory()) {
    const names = (await readdir(path)).sort();
    add(hash, JSON.stringify(['folder', names]));
    for (const name of names) await addContent(hash, join(path, name));
  } else if (stat.isSymbolicLink()) {
    add(hash, JSON.stringify(['symlink', await readlink(path)]));
  } else if (stat.isFile()) {
    add(hash, await readFile(path));
  } else {
    throw new ImageError(
      `The extra file ${path} is neither a file, a folder nor a symbolic link`,
      'Remove it from "files".',
    );
  }
}

/** Every part with its length before it, so that two parts never read as one. */
function add(hash: Hash, part: string | Buffer): void {
  hash.update(`${Buffer.byteLength(part)}:`).update(part);
}
