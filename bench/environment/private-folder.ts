/**
 * Folders that this program fills as root. Whoever else can enter a cache of payloads can run their set-user-ID
 * programs, and whoever owns a link in a run's path chooses where root writes (containerd's CVE-2021-41103 was the first
 * of these two).
 */
import { chmod, lstat, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { exitCodes, TareError } from './errors.ts';

/** Of a folder that only its owner may enter. */
export const privateMode = 0o700;

/** Closes an existing folder to everybody else. @throws TareError (exit 2) where it belongs to another user */
export async function closeToOthers(folder: string): Promise<void> {
  const { uid, mode } = await stat(folder);
  const me = process.geteuid?.() ?? uid;
  if (uid !== me) {
    throw new TareError(
      `${folder} belongs to the user ${uid}, who could change what is measured; choose a folder of the user ${me}`,
      exitCodes.usage,
    );
  }
  if ((mode & 0o7777) !== privateMode) await chmod(folder, privateMode);
}

/**
 * Refuses a path that leads through a symbolic link of another user. Links of root, of this user and of the one who called
 * sudo are taken as meant.
 *
 * @throws TareError (exit 2) naming the link
 */
export async function refuseForeignLinks(path: string, trusted = trustedUsers()): Promise<void> {
  for (let place = path; place !== dirname(place); place = dirname(place)) {
    const found = await lstat(place).catch(() => null);
    if (found?.isSymbolicLink() !== true || trusted.has(found.uid)) continue;
    throw new TareError(
      `${place} is a symbolic link of the user ${found.uid}; results are not written through it. ` +
        'Choose another --out, or remove the link',
      exitCodes.usage,
    );
  }
}

function trustedUsers(): ReadonlySet<number> {
  const sudo = Number(process.env['SUDO_UID']);
  const me = process.geteuid?.() ?? 0;
  return new Set([0, me, ...(Number.isInteger(sudo) ? [sudo] : [])]);
}
