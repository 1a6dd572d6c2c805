import { mkdtemp, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { exitCodeOfSignal, wantsColour } from '../../../bench/cli/context-from-process.ts';
import { userFolders } from '../../../bench/environment/paths.ts';

const user = { env: {}, home: '/home/ada', uid: 1000, cacheDir: null };

describe('user folders', () => {
  it('lie in the home folder by default, and in /run for root', () => {
    expect(userFolders(user)).toEqual({
      cache: '/home/ada/.cache/tare',
      state: '/home/ada/.local/state/tare',
      runtime: '/tmp/tare-1000',
    });
    expect(userFolders({ ...user, home: '/root', uid: 0 }).runtime).toBe('/run/tare');
  });

  it('follow the XDG variables, and ignore relative ones', () => {
    const env = { XDG_CACHE_HOME: '/c', XDG_STATE_HOME: 'relative', XDG_RUNTIME_DIR: '/run/user/1000' };
    expect(userFolders({ ...user, env })).toEqual({
      cache: '/c/tare',
      state: '/home/ada/.local/state/tare',
      runtime: '/run/user/1000/tare',
    });
  });

  it('let --cache-dir win', () => {
    const env = { XDG_CACHE_HOME: '/c' };
    expect(userFolders({ ...user, env, cacheDir: '/mnt/cache' }).cache).toBe('/mnt/cache');
  });

  it('are where symbolic links lead, also when they do not exist yet', async () => {
    const box = await realpath(await mkdtemp(join(tmpdir(), 'tare-paths-')));
    await symlink('/usr', join(box, 'link'));
    const folders = userFolders({ ...user, env: { XDG_STATE_HOME: box }, cacheDir: join(box, 'link/a/b') });
    expect(folders).toMatchObject({ cache: '/usr/a/b', state: join(box, 'tare') });
    await rm(box, { recursive: true });
  });
});

it.each([
  [{}, true, true],
  [{}, undefined, false],
  [{ NO_COLOR: '1' }, true, false],
  [{ NO_COLOR: '' }, true, true],
  [{ NO_COLOR: '1', FORCE_COLOR: '1' }, true, false],
  [{ FORCE_COLOR: '1' }, undefined, true],
  [{ FORCE_COLOR: '0' }, true, false],
  [{ CI: 'true' }, true, false],
  [{ TERM: 'dumb' }, true, false],
])('colour with %j on a terminal (%s): %s', (env, isTerminal, expected) => {
  expect(wantsColour(env, isTerminal)).toBe(expected);
});

it('ends with 130 after Ctrl-C and with 143 after other signals', () => {
  expect(['SIGINT', 'SIGTERM', 'SIGHUP'].map(exitCodeOfSignal)).toEqual([130, 143, 143]);
});
