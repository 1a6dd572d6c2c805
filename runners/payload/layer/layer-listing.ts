/**
 * What tar lists of a layer while it unpacks it: a member a line, and what kind it is before its name. Paths are of one
 * character a byte (latin1), since a name need not be UTF-8; they begin at the layer's root: `` for itself, `/etc`.
 */

/** Options of tar for such a listing; names in quotes, since they may hold whatever separates them. */
export function listingOptions(file: string): string[] {
  return ['-vv', `--index-file=${file}`, '--quoting-style=c', '--numeric-owner'];
}

/** The folders that the layer lists; others are only on the way to a file. */
export function listedFolders(listing: string): Set<string> {
  // A folder that tar makes by itself has a line too, without the slash.
  return new Set([...listing.matchAll(/^d[^"]*"((?:[^"\\]|\\.)*\/)"$/gm)].map(([, name]) => pathOf(name)));
}

/** Every hard link with the file that it is another name of, in the layer's order. */
export function* listedLinks(listing: string): Generator<{ path: string; target: string }> {
  const names = /^h[^"]*"((?:[^"\\]|\\.)*)" link to "((?:[^"\\]|\\.)*)"$/gm;
  for (const [, path, target] of listing.matchAll(names))
    yield { path: pathOf(path), target: pathOf(target) };
}

/** `./etc/`, `etc/` and `/etc` are all `/etc`. */
function pathOf(member = ''): string {
  const parts = unescape(member)
    .split('/')
    .filter((part) => part !== '' && part !== '.');
  return parts.length === 0 ? '' : `/${parts.join('/')}`;
}

const escapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
};

/** As in C. */
function unescape(line: string): string {
  return line.replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
    code.length === 3 ? String.fromCharCode(parseInt(code, 8)) : (escapes[code] ?? code),
  );
}
