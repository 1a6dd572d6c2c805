/** Users as the payload's own passwd and group files know them. */
import { readFile } from 'node:fs/promises';
import { ImageError } from './error.ts';
import { resolveInside } from './inside.ts';

export interface PayloadUser {
  uid: number;
  gid: number;
  /** All groups that the process is in, the primary one first, as container engines have it. */
  groups: number[];
  home: string;
}

interface PasswdEntry {
  name: string;
  uid: number;
  gid: number;
  home: string;
}

/** The kernel has more, but engines stop here. */
const greatestId = 2 ** 31 - 1;

/**
 * A user and a group by name or number with a colon between them, and either may be left out, as container engines read it.
 * Numbers need no entry in the files, and `root` is 0 in every payload. Supplementary groups are those of the payload's group
 * file, for a listed user without a group of its own choice.
 * Throws an ImageError for a name that the payload does not know.
 */
export async function lookupUser(root: string, user: string): Promise<PayloadUser> {
  const [written = '', group = ''] = user.split(':');
  const name = written === '' ? '0' : written;
  const entries = await passwd(root);
  const uid = number(name);
  // A number is never a name.
  const listed = entries.find((each) => (uid === null ? each.name === name : each.uid === uid));
  const entry = listed ?? unlisted(name);
  if (entry === null) {
    const known = entries.map((candidate) => candidate.name).join(', ');
    throw new ImageError(
      `The payload has no user "${name}"`,
      `Use uid:gid, or one of its users: ${known === '' ? 'it has none but root' : known}.`,
    );
  }
  const gid = group === '' ? entry.gid : await groupId(root, group);
  const others = group === '' && listed ? await supplementaryGroups(root, listed.name) : [];
  return { uid: entry.uid, gid, groups: [...new Set([gid, ...others])], home: entry.home };
}

async function supplementaryGroups(root: string, name: string): Promise<number[]> {
  const lines = await colonLines(root, '/etc/group');
  return lines.flatMap(([, , gid = '', members = '']) =>
    members.split(',').includes(name) ? (number(gid) ?? []) : [],
  );
}

async function groupId(root: string, group: string): Promise<number> {
  const wanted = number(group);
  if (wanted !== null) return wanted;
  const lines = await colonLines(root, '/etc/group');
  const found = lines.find((fields) => fields[0] === group);
  const gid = found ? Number(found[2]) : group === 'root' ? 0 : null;
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
  return lines
    .filter(([, , uid = '']) => /^\d+$/.test(uid))
    .map(([name = '', , uid, gid, , home = '']) => ({
      name,
      uid: Number(uid),
      gid: Number(gid) || 0,
      home: home === '' ? '/' : home,
    }));
}

/** Fields of a file of lines with colons; a payload without the file has no entries. */
async function colonLines(root: string, path: string): Promise<string[][]> {
  const file = await resolveInside(root, path);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  });
  return text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => line.split(':'));
}

function number(text: string): number | null {
  if (!/^\d+$/.test(text)) return null;
  if (Number(text) <= greatestId) return Number(text);
  throw new ImageError(`${text} is not a user or group number`, `Use one from 0 to ${greatestId}.`);
}
