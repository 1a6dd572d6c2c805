/**
 * What stands on the command line in place of a scenario: an image, an archive, a folder or a Containerfile. An argument that
 * is none of these is a scenario's.
 */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { run } from '../../../runners/machine/command.ts';
import { builtInFolder, builtInNames } from '../../../scenarios/loader/built-in.ts';
import { parseImage } from '../../../scenarios/loader/image-reference.ts';
import { closest } from '../../../scenarios/loader/suggest.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';

export interface PayloadArgument {
  /** That a scenario of it can have. */
  name: string;
  /** As a workload file in `folder` states it. */
  rootfs: Record<string, unknown>;
  /** Whether an image says what is started, and where it listens. */
  isImage: boolean;
}

const transport = /^(?:docker:\/\/|(?:oci|oci-archive|docker-archive|docker-daemon|containers-storage):)/;
const containerfile = /^(?:(?:Containerfile|Dockerfile)(?:\..+)?|.+\.(?:[Cc]ontainerfile|[Dd]ockerfile))$/;
const archive = /\.(?:tar|oci|docker|tgz|txz|tbz2?)(?:\.(?:gz|xz|zst|bz2))?$/;
const scenarioFile = /\.ya?ml$/;
/** A name and a tag, or a registry's host and a name: what people write after `docker run`. */
const bareImage = /^(?:[a-z0-9.-]+(?::[0-9]+)?\/)?[a-z0-9._/-]+(?::[\w][\w.-]*|@sha256:[0-9a-f]{64})$/;

/**
 * @param folder absolute; the paths of `rootfs` are relative to it
 * @returns null: it names a scenario
 * @throws TareError where it can only be meant as an image, and how that would be written
 */
export async function payloadArgument(
  text: string,
  cwd: string,
  folder: string,
): Promise<PayloadArgument | null> {
  const path = (from: string): string => {
    const below = relative(folder, from);
    return below.startsWith('..') ? from : `./${below}`;
  };
  // A variable of the shell that is not set, and not the folder that one happens to be in.
  if (text === '') return null;
  if (transport.test(text)) return imageArgument(text, cwd, path);
  if (scenarioFile.test(text) || builtInNames(builtInFolder()).includes(text)) return null;
  const absolute = resolve(cwd, text);
  if (!existsSync(absolute)) {
    refuseBareImage(text);
    refuseMissingFile(text);
    refuseUnknownName(text);
    return null;
  }
  const name = nameOf(basename(absolute));
  if (statSync(absolute).isDirectory()) {
    const has = (file: string): boolean => existsSync(join(absolute, file));
    if (has('oci-layout')) return { name, rootfs: oci(`oci:${path(absolute)}`), isImage: true };
    if (has('Containerfile') || has('Dockerfile')) {
      return { name, rootfs: { from: 'containerfile', context: path(absolute) }, isImage: true };
    }
    return { name, rootfs: { from: 'directory', path: path(absolute) }, isImage: false };
  }
  if (containerfile.test(basename(absolute))) {
    const context = dirname(absolute);
    const rootfs = { from: 'containerfile', context: path(context), file: path(absolute) };
    return { name: nameOf(basename(context)), rootfs, isImage: true };
  }
  const kind = await archiveKind(absolute);
  if (kind === null) {
    throw new TareError(
      `${text} is neither a scenario (a .yaml file) nor an archive that tar can read; expected an image's archive, a root filesystem's, a folder, a Containerfile or a scenario`,
      exitCodes.usage,
    );
  }
  if (kind === 'tar') return { name, rootfs: { from: 'tar', path: path(absolute) }, isImage: false };
  return { name, rootfs: oci(`${kind}:${path(absolute)}`), isImage: true };
}

function imageArgument(text: string, cwd: string, path: (from: string) => string): PayloadArgument {
  const image = parseImage(text, cwd);
  if ('message' in image) throw new TareError(image.message, exitCodes.usage);
  if (image.path === null) {
    const [name = ''] = basename(image.image.replace(/^[a-z-]+:/, '')).split(/[:@]/);
    return { name: nameOf(name), rootfs: oci(text), isImage: true };
  }
  if (!existsSync(image.path)) {
    throw new TareError(`no such file or folder: ${image.path}`, exitCodes.usage);
  }
  // As it was written, but for the path: `oci:PATH:NAME`.
  const [kind = ''] = image.image.split(':', 1);
  const named = image.image.slice(kind.length + 1 + image.path.length);
  const name = nameOf(basename(image.path));
  return { name, rootfs: oci(`${kind}:${path(image.path)}${named}`), isImage: true };
}

function oci(image: string): Record<string, unknown> {
  return { from: 'oci', image };
}

/** What looks like a path, an archive or a Containerfile names a file, and none of the built-in scenarios. */
function refuseMissingFile(text: string): void {
  if (!text.includes('/') && !archive.test(text) && !containerfile.test(text)) return;
  const isImage = /^[a-z0-9][a-z0-9._-]*(?:\/[a-z0-9][a-z0-9._-]*)+$/.test(text);
  const image = isImage
    ? `; for an image of that name write docker://${onRegistry(text)} (of a registry) or docker-daemon:${text}:latest (of docker on this machine)`
    : '; expected a scenario (a .yaml file), an archive, a folder or a Containerfile';
  throw new TareError(`no such file or folder: ${text}${image}`, exitCodes.usage);
}

/** A built-in scenario's misspelt name is no image, and keeps the message that the loader has for it. */
function refuseBareImage(text: string): void {
  if (!bareImage.test(text)) return;
  const full = onRegistry(text);
  throw new TareError(
    `there is no file ${text}; for an image of that name write docker://${full} (of a registry) or docker-daemon:${text} (of docker on this machine)`,
    exitCodes.usage,
  );
}

/** `docker run redis` is what people are used to; a word that is close to a built-in scenario's name is meant as that. */
function refuseUnknownName(text: string): void {
  const known = builtInNames(builtInFolder());
  if (!/^[a-z0-9][a-z0-9_-]*$/.test(text) || closest(text, known) !== null) return;
  throw new TareError(
    `unknown scenario "${text}"; for an image of that name write docker://${onDockerHub(text)} (of a registry) or docker-daemon:${text}:latest (of docker on this machine); known here: ${known.join(', ')}`,
    exitCodes.usage,
  );
}

/** A name that begins with a host has its registry already. */
function onRegistry(image: string): string {
  return /^[^/]*[.:][^/]*\/|^localhost\//.test(image) ? image : onDockerHub(image);
}

function onDockerHub(image: string): string {
  return `docker.io/${image.includes('/') ? '' : 'library/'}${image}`;
}

/** `docker save` writes a manifest.json, with or without an OCI layout beside it; null: no archive. */
async function archiveKind(file: string): Promise<'docker-archive' | 'oci-archive' | 'tar' | null> {
  const marks = ['manifest.json', './manifest.json', 'oci-layout', './oci-layout'];
  // Exit code 2 is also that of an archive without these files.
  const { stdout, stderr } = await run('tar', ['--list', '--file', file, '--', ...marks], {
    accept: [0, 2],
    env: { LC_ALL: 'C' },
  });
  const found = stdout.split('\n').map((name) => name.replace(/^\.\//, ''));
  if (found.includes('manifest.json')) return 'docker-archive';
  if (found.includes('oci-layout')) return 'oci-archive';
  const isArchive = marks.every((mark) => stderr.includes(`${mark}: Not found in archive`));
  return isArchive && !/does not look like a tar archive|not recoverable/.test(stderr) ? 'tar' : null;
}

/** What an identifier may be: lower case, short, without the endings of archives. */
function nameOf(file: string): string {
  const name = file
    .toLowerCase()
    .replace(/(?:\.(?:tar|oci|docker|tgz|txz|tbz2?|gz|xz|zst|bz2))+$/, '')
    .replace(/[^a-z0-9.-]+/g, '-')
    .replace(/^[^a-z0-9]+/, '')
    .slice(0, 32)
    .replace(/[^a-z0-9]+$/, '');
  return name === '' ? 'payload' : name;
}
