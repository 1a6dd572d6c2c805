/** Where things are: the user's folders by the XDG rules, and the runs of a working folder. */
import { isAbsolute, join } from 'node:path';
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
    cache: cacheDir ?? xdg('XDG_CACHE_HOME', join(home, '.cache')),
    state: xdg('XDG_STATE_HOME', join(home, '.local', 'state')),
    // Sockets need short paths (107 bytes), so the fallback is short as well.
    runtime: uid === 0 || env['XDG_RUNTIME_DIR'] ? xdg('XDG_RUNTIME_DIR', '/run') : `/tmp/tare-${uid}`,
  };
}

/** Where runs lie unless `--out` says otherwise. */
export function runsFolder(cwd: string): string {
  return join(cwd, '.tare', 'runs');
}
