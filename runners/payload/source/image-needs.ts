/** What engines add to an image's files when they start it, so that every platform starts from the same. */
import { appendFile, chmod, mkdir, readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { ImageError } from '../error.ts';
import { resolveInside } from '../inside.ts';
import { addMountPoints } from '../normalise.ts';
import type { SourceImageConfig } from '../payload.ts';

/** Mount points, working directory and volumes where they are missing, and a line in passwd for a user without one. */
export async function addImageNeeds(root: string, config: SourceImageConfig): Promise<void> {
  await addMountPoints(root);
  for (const path of [config.workdir, ...config.volumes]) if (path !== '') await addFolder(root, path);
  await listUser(root, config.user);
}

async function addFolder(root: string, path: string): Promise<void> {
  const folder = await resolveInside(root, path);
  try {
    const made = await mkdir(folder, { recursive: true });
    // Not as the umask has it.
    for (let each = folder; made !== undefined && each.length >= made.length; each = dirname(each)) {
      await chmod(each, 0o755);
    }
  } catch (error) {
    throw new ImageError(`The image names the folder ${path}, and has a file in its way`, 'Build it again.', {
      cause: error,
    });
  }
}

/** As podman does it: programs ask for the name of their user, and a guest's shell for its entry. */
async function listUser(root: string, user: string): Promise<void> {
  const [uid = '', group = ''] = user.split(':');
  if (!/^\d+$/.test(uid)) return;
  const file = await resolveInside(root, '/etc/passwd');
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.split('\n').some((line) => line.split(':')[2] === uid)) return;
  const gid = /^\d+$/.test(group) ? group : '0';
  const before = text === '' || text.endsWith('\n') ? '' : '\n';
  await mkdir(dirname(file), { recursive: true });
  await appendFile(file, `${before}${uid}:*:${uid}:${gid}:container user:/:/sbin/nologin\n`, { mode: 0o644 });
}
