/** Users as the payload's own passwd and group files know them. */
import { readFile } from 'node:fs/promises';
import { ImageError } from './error.ts';
import { resolveInside } from './inside.ts';

export interface PayloadUser {
  uid: number;
  gid: number;
  home: string;
}

interface PasswdEntry extends PayloadUser {
  name: string;
}

/**
 * `name`, `uid`, `name:group` or `uid:gid`. Numbers need no entry in the files, and `root` is 0 in every payload.
 * Throws an ImageError for a name that the payload does not know.
 */
export async function lookupUser(root: string, user: string): Promise<PayloadUser> {
  const [name = '', group] = user.split(':');
  const entries = await passwd(root);
  const entry =
    entries.find((candidate) => candidate.name === name) ??
    entries.find((candidate) => String(candidate.uid) === name) ??
    unlisted(name);
  if (entry === null) {
    const known = entries.map((candidate) => candidate.name).join(', ');
    throw new ImageError(
      `The payload has no user "${name}"`,
      `Use uid:gid, or one of its users: ${known === '' ? 'it has none but root' : known}.`,
    );
  }
  const gid = group === undefined ? entry.gid : await groupId(root, group);
  return { uid: entry.uid, gid, home: entry.home };
}

async function groupId(root: string, group: string): Promise<number> {
  const lines = await colonLines(root, '/etc/group');
  const found = lines.find((fields) => fields[0] === group);
  const gid = found ? Number(found[2]) : group === 'root' ? 0 : number(group);
  if (gid === null) {
    throw new ImageError(
      `The payload has no group "${group}"`,
      'Use a number, or a group of its /etc/group.',
    );
  }
  return gid;
}

function unlisted(name: string): PasswdEntry | null {
  const uid = name === 'root' ? 0 : number(name);
  // Group 0 for a number without an entry, as container engines have it.
  return uid === null ? null : { name, uid, gid: 0, home: uid === 0 ? '/root' : '/' };
}

async function passwd(root: string): Promise<PasswdEntry[]> {
  const lines = await colonLines(root, '/etc/passwd');
  return lines.map(([name = '', , uid, gid, , home = '/']) => ({
    name,
    uid: Number(uid),
    gid: Number(gid),
    home,
  }));
}

/** Fields of a file of lines with colons; a payload without the file has no entries. */
async function colonLines(root: string, path: string): Promise<string[][]> {
  const file = await resolveInside(root, path);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}

function number(text: string): number | null {
  return /^\d+$/.test(text) ? Number(text) : null;
}
