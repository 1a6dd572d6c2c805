/** From Debian 13 on, packages have their files below /usr only, and reckon with links from the old places. */
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Their packages still have files in /bin and /lib. */
const unmerged = ['buster', 'bullseye', 'bookworm'];

/** Whether packages of the release that are only unpacked lack the links, which a package makes when it is configured. */
export function needsLinks({ suite, variant }: { suite: string; variant: string }): boolean {
  return variant === 'extract' && !unmerged.includes(suite);
}

/** Makes the links that no package brought: without /lib64 no dynamic program finds its loader. */
export async function linkIntoUsr(root: string): Promise<void> {
  for (const name of ['bin', 'lib', 'lib32', 'lib64', 'sbin']) {
    if (existsSync(join(root, 'usr', name)) && !existsSync(join(root, name)))
      await symlink(`usr/${name}`, join(root, name));
  }
}
