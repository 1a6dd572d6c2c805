/** Where things are: the user's folders by the XDG rules, and the runs of a working folder. */
import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import type { UserFolders } from './context.ts';

/** What the folders depend on. */
export interface FolderFacts {
  env: Readonly<Record<string, string | undefined>>;
  home: string;
  /** Numeric user id; 0 is root. */
  uid: number;
  /** From `--cache-dir`, absolute; null: not given. */
  cacheDir: string | null;
}

/** XDG Base Directory Specification 0.8: a relative path in one of its variables is to be ignored. */
export function userFolders({ env, home, uid, cacheDir }: FolderFacts): UserFolders {
  const xdg = (name: string, fallback: string): string => {
    const value = env[name];
    return join(value !== undefined && isAbsolute(value) ? value : fallback, 'tare');
  };
  return {
    cache: canonical(cacheDir ?? xdg('XDG_CACHE_HOME', join(home, '.cache'))),
    state: canonical(xdg('XDG_STATE_HOME', join(home, '.local', 'state'))),
    runtime: canonical(
      // Sockets need short paths (107 bytes), so the fallback is short as well.
      uid === 0 || env['XDG_RUNTIME_DIR'] ? xdg('XDG_RUNTIME_DIR', '/run') : `/tmp/tare-${uid}`,
    ),
  };
}

/**
 * Without symbolic links, as far as the path exists: the mount table shows it so, and runc refuses a root filesystem
 * behind a link.
 */
function canonical(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    const parent = dirname(path);
    return parent === path ? path : join(canonical(parent), basename(path));
  }
}

/** Where runs lie unless `--out` says otherwise. */
export function runsFolder(cwd: string): string {
  return join(cwd, '.tare', 'runs');
}

/** Where the suites of `tare claims` lie unless `--out` says otherwise. */
export function claimsFolder(cwd: string): string {
  return join(cwd, '.tare', 'claims');
}

/** Where fleets lie unless `--out` says otherwise. */
export function fleetsFolder(cwd: string): string {
  return join(cwd, '.tare', 'fleets');
}
