/**
 * One unpacked layer over the files below it. Paths are text of one character a byte (latin1), since a name need not be
 * UTF-8; they begin at the layer's root: `` for itself, `/etc`, `/etc/passwd`. Synchronous calls: it is all renames, and
 * few, since whatever the layer does not touch moves as a whole.
 */
import { linkSync, lstatSync, readdirSync, renameSync, rmdirSync, rmSync, type Stats } from 'node:fs';
import { listedFolders, listedLinks } from './layer-listing.ts';
import { walkPlaces } from '../walk.ts';

export interface LayerMarks {
  /** Paths that the layer removes. */
  hidden: ReadonlySet<string>;
  /** Folders of which the layer hides everything below. */
  opaque: ReadonlySet<string>;
  /** Folders that exist on the way to a file, and that the layer itself says nothing of. */
  implied: ReadonlySet<string>;
}

const whiteout = '.wh.';
const opaqueMarker = '.wh..wh..opq';

/**
 * Removes the marker files of an unpacked layer and says what they mean.
 *
 * @param listing what tar lists of the archive, see layer-listing.ts
 */
export function liftMarkers(folder: string, listing: string): LayerMarks {
  const listed = listedFolders(listing);
  const hidden = new Set<string>();
  const opaque = new Set<string>();
  const implied = new Set<string>();
  const markers: Buffer[] = [];
  for (const { path, location, isFolder } of walkPlaces(folder)) {
    const text = path.toString('latin1').replace(/^\/$/, '');
    const slash = text.lastIndexOf('/');
    const [parent, name] = [text.slice(0, Math.max(slash, 0)), text.slice(slash + 1)];
    if (name.startsWith(whiteout)) {
      if (name === opaqueMarker) opaque.add(parent);
      // Other names of this kind are aufs' own bookkeeping.
      else if (!name.startsWith('.wh..wh.')) hidden.add(`${parent}/${name.slice(whiteout.length)}`);
      markers.push(location);
    } else if (isFolder && !listed.has(text)) implied.add(text);
  }
  // Last of all, since the walk goes through whatever a marker that is a folder holds; a marker in it is gone with it.
  for (const location of markers) rmSync(location, { recursive: true, force: true });
  return { hidden, opaque, implied };
}

/**
 * Makes the layer's hard links to files that only the layers below have, which tar could not.
 *
 * @returns how many were made
 */
export function linkLower(lower: string, upper: string, listing: string): number {
  const [from, to] = [lower, upper].map((folder) => Buffer.from(folder).toString('latin1')) as [
    string,
    string,
  ];
  let made = 0;
  for (const { path, target } of listedLinks(listing)) {
    if (!isPlain(to, path) || statOf(to + path) !== null || !isPlain(from, target)) continue;
    if (statOf(from + target)?.isDirectory() !== false) continue;
    linkSync(bytes(from + target), bytes(to + path));
    made += 1;
  }
  return made;
}

/** Whether nothing but folders leads there: through a symbolic link, or `..`, the way might go out of the tree. */
function isPlain(root: string, path: string): boolean {
  const folders = path.split('/').slice(1, -1);
  let at = root;
  return folders.every((name) => {
    at += `/${name}`;
    return name !== '..' && statOf(at)?.isDirectory() === true;
  });
}

/** Moves from `lower` into `upper` what the layer at `upper` does not hide. What is left in `lower` is to be removed. */
export function foldIn(lower: string, upper: string, marks: LayerMarks): void {
  fold(Buffer.from(lower).toString('latin1'), Buffer.from(upper).toString('latin1'), '', marks);
}

function fold(lower: string, upper: string, path: string, marks: LayerMarks): void {
  if (marks.opaque.has(path)) return;
  for (const name of namesIn(lower)) {
    const [from, to] = [`${lower}/${name}`, `${upper}/${name}`];
    if (marks.hidden.has(`${path}/${name}`)) continue;
    const above = statOf(to);
    if (above === null) renameSync(bytes(from), bytes(to));
    else if (above.isDirectory() && statOf(from)?.isDirectory() === true)
      fold(from, to, `${path}/${name}`, marks);
  }
  if (marks.implied.has(path)) keepAttributes(lower, upper);
}

/** The lower folder takes the place of the upper one, with the latter's content: its own attributes are the ones that count. */
function keepAttributes(lower: string, upper: string): void {
  for (const name of namesIn(lower)) rmSync(bytes(`${lower}/${name}`), { recursive: true });
  for (const name of namesIn(upper)) renameSync(bytes(`${upper}/${name}`), bytes(`${lower}/${name}`));
  rmdirSync(bytes(upper));
  renameSync(bytes(lower), bytes(upper));
}

function namesIn(folder: string): string[] {
  return readdirSync(bytes(folder), 'latin1');
}

function statOf(path: string): Stats | null {
  return lstatSync(bytes(path), { throwIfNoEntry: false }) ?? null;
}

function bytes(path: string): Buffer {
  return Buffer.from(path, 'latin1');
}
