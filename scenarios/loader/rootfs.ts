/** Resolves a workload's `rootfs`: paths absolute, defaults filled in. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseImage } from './image-reference.ts';
import type { ResolvedExtraFile, ResolvedRootfs } from '../resolved.ts';
import type { RootfsEntry } from '../schema/rootfs-schema.ts';
import type { Path } from './source.ts';

export interface RootfsMistake {
  /** Below `rootfs`. */
  path: Path;
  message: string;
}

/**
 * @param file absolute path of the file that states it: paths are relative to that
 * @param wrong is told what the schema alone cannot see; the result is then not to be used
 */
export function resolveRootfs(
  entry: RootfsEntry,
  file: string,
  wrong: (mistake: RootfsMistake) => void,
): ResolvedRootfs {
  const folder = dirname(file);
  const place = (key: string, path: string): string => {
    const absolute = resolve(folder, path);
    if (!existsSync(absolute)) wrong({ path: [key], message: missing(path) });
    return absolute;
  };
  const { 'max-size': bytes, 'max-files': most } = entry;
  const limits = { ...(bytes !== undefined && { bytes }), ...(most !== undefined && { files: most }) };
  const base = {
    files: extraFiles(entry, folder, wrong),
    remove: entry.remove,
    ...(Object.keys(limits).length > 0 && { limits }),
  };
  switch (entry.from) {
    case 'debian': {
      const { from, suite, variant, packages, mirror } = entry;
      return { from, suite, variant, packages, mirror: mirror ?? null, ...base };
    }
    case 'oci': {
      const found = parseImage(entry.image, folder);
      if ('message' in found) wrong({ path: ['image'], message: found.message });
      else if (found.path !== null && !existsSync(found.path))
        wrong({ path: ['image'], message: missing(found.path) });
      const { image, digest } = 'message' in found ? { image: '', digest: null } : found;
      return {
        from: 'oci',
        image,
        digest,
        tlsVerify: entry['tls-verify'],
        timeoutMs: entry.timeout,
        ...base,
      };
    }
    case 'containerfile': {
      const { from, target, builder } = entry;
      const context = place('context', entry.context);
      const instructions = entry.file === undefined ? instructionsIn(context) : place('file', entry.file);
      if (instructions === null)
        wrong({
          path: [],
          message: `no Containerfile and no Dockerfile in ${context}; name one with "file"`,
        });
      return {
        from,
        context,
        file: instructions ?? '',
        arguments: entry.arguments,
        target: target ?? null,
        builder,
        ...base,
      };
    }
    case 'directory':
    case 'tar':
      return { from: entry.from, path: place('path', entry.path), ...base };
  }
}

function extraFiles(
  { files }: RootfsEntry,
  folder: string,
  wrong: (mistake: RootfsMistake) => void,
): ResolvedExtraFile[] {
  return files.map((file, index) => {
    const from = resolve(folder, file.from);
    if (!existsSync(from)) wrong({ path: ['files', index, 'from'], message: missing(file.from) });
    return { from, to: file.to, mode: Number.parseInt(file.mode, 8), owner: file.owner };
  });
}

function instructionsIn(context: string): string | null {
  return (
    ['Containerfile', 'Dockerfile'].map((name) => join(context, name)).find((file) => existsSync(file)) ??
    null
  );
}

function missing(path: string): string {
  return `no such file or folder: ${path}; expected a path relative to this file`;
}
