/** Who starts a rootless container: a user of the machine, or one whom only the run knows. */
import { readFile } from 'node:fs/promises';
import { run } from '../machine/command.ts';
import type { Unfit } from '../shared/prerequisites.ts';

/** A row of ids in /etc/subuid or /etc/subgid. */
export interface IdRange {
  first: number;
  count: number;
}

export interface RootlessUser {
  name: string;
  uid: number;
  gid: number;
  /** Of the files inside a container: 0 is the user, and 1 the first of these. */
  subordinate: { uids: IdRange; gids: IdRange };
  /** Whether the machine knows nothing of it: then the run's mount namespace has it in its own /etc. */
  isOwn: boolean;
}

/** What an image may use: its `nobody` is 65534. */
const neededIds = 65_535;

/**
 * Ids that are nobody's: systemd's list of who has which names them as unused (https://systemd.io/UIDS-GIDS/). A run takes a
 * place in them by its own id, so that runs at the same time are different users.
 */
const ownIds: IdRange = { first: 60_706, count: 478 };
const ownSubordinates: IdRange = { first: 1_879_048_192, count: 4096 };
const ownCount = 65_536;
const ownName = 'tare-rootless';

/** @param name of a user of the machine; null: one of the run's own */
export async function findUser(name: string | null, runId: string): Promise<RootlessUser | Unfit> {
  return name === null ? ownUser(runId) : userOfMachine(name);
}

/** @param runId hexadecimal */
export async function ownUser(runId: string): Promise<RootlessUser> {
  const place = Number.parseInt(runId.slice(0, 6), 16);
  const taken = await idsIn('/etc/passwd');
  const uid = firstFree(ownIds, place, (id) => taken.has(id));
  const given = [...(await rangesIn('/etc/subuid')), ...(await rangesIn('/etc/subgid'))];
  const block = firstFree({ first: 0, count: ownSubordinates.count }, place, (index) =>
    given.some(({ range }) => overlap(range, blockAt(index))),
  );
  const ids = blockAt(block);
  return { name: ownName, uid, gid: uid, subordinate: { uids: ids, gids: ids }, isOwn: true };
}

async function userOfMachine(name: string): Promise<RootlessUser | Unfit> {
  const { stdout } = await run('getent', ['passwd', '--', name], { accept: [0, 2] });
  const [, , uidText, gidText] = stdout.split('\n')[0]?.split(':') ?? [];
  if (uidText === undefined) {
    return { reason: `this machine has no user ${name}`, remedy: 'name one that it has, or leave user out' };
  }
  const [uid, gid] = [Number(uidText), Number(gidText)];
  if (uid === 0) {
    return { reason: `${name} is root, who needs no such container`, remedy: 'name an ordinary user' };
  }
  const [uids, gids] = [await rangeOf('/etc/subuid', name, uid), await rangeOf('/etc/subgid', name, uid)];
  if (uids === null || gids === null) {
    return {
      reason: `${name} has no ${neededIds} subordinate ids in ${uids === null ? '/etc/subuid' : '/etc/subgid'}`,
      remedy: `usermod --add-subuids 100000-165535 --add-subgids 100000-165535 ${name}`,
    };
  }
  return { name, uid, gid, subordinate: { uids, gids }, isOwn: false };
}

/** The first row of the user's, which is what programs take; null: there is none, or it is too short. */
async function rangeOf(file: string, name: string, uid: number): Promise<IdRange | null> {
  const rows = await rangesIn(file);
  const row = rows.find(({ owner }) => owner === name || owner === String(uid));
  return row !== undefined && row.range.count >= neededIds ? row.range : null;
}

async function rangesIn(file: string): Promise<{ owner: string; range: IdRange }[]> {
  return parseRanges(await readFile(file, 'utf8').catch(() => ''));
}

/** Lines such as `name:100000:65536`; subuid(5). */
export function parseRanges(text: string): { owner: string; range: IdRange }[] {
  return text.split('\n').flatMap((line) => {
    const [, owner, first, count] = /^([^:#]+):(\d+):(\d+)$/.exec(line) ?? [];
    return owner === undefined ? [] : [{ owner, range: { first: Number(first), count: Number(count) } }];
  });
}

async function idsIn(file: string): Promise<Set<number>> {
  const lines = (await readFile(file, 'utf8').catch(() => '')).split('\n');
  return new Set(lines.map((line) => Number(line.split(':')[2])));
}

function firstFree({ first, count }: IdRange, place: number, isTaken: (id: number) => boolean): number {
  for (let tries = 0; tries < count; tries += 1) {
    const id = first + ((place + tries) % count);
    if (!isTaken(id)) return id;
  }
  throw new Error(`none of the ids from ${first} to ${first + count - 1} is free`);
}

function blockAt(index: number): IdRange {
  return { first: ownSubordinates.first + index * ownCount, count: ownCount };
}

function overlap(a: IdRange, b: IdRange): boolean {
  return a.first < b.first + b.count && b.first < a.first + a.count;
}

/** Lines for the files of a private /etc that make the user known there. */
export function userLines({ name, uid, gid, subordinate }: RootlessUser): Record<string, string> {
  const range = ({ first, count }: IdRange): string => `${name}:${first}:${count}`;
  return {
    passwd: `${name}:x:${uid}:${gid}:Tare:/nonexistent:/usr/sbin/nologin`,
    group: `${name}:x:${gid}:`,
    subuid: range(subordinate.uids),
    subgid: range(subordinate.gids),
  };
}
