/** The folders of a rootless platform, and the mount namespace in which its user finds them. */
import { chown, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { assetFile } from '../machine/asset.ts';
import type { CleanUp } from '../machine/lease/clean-up.ts';
import { createMountNamespace, createNamespaceFolder } from '../machine/mounts/mount-namespace.ts';
import { unmountBelow } from '../machine/mounts/mounts.ts';
import { translatePath } from '../machine/mounts/translate-path.ts';
import { requireProgram, systemPath } from '../machine/programs.ts';
import { removeTree } from '../machine/remove-tree.ts';
import { mostOf, openFileLimit } from '../machine/resource-limits.ts';
import type { OpenFileLimit, RunContext } from '../runner.ts';
import { userLines, type RootlessUser } from './user.ts';

export interface RootlessPlaces {
  user: RootlessUser;
  /** Path of the mount namespace. */
  namespace: string;
  /** On a short path: bundles and sockets. */
  kept: string;
  /** On a real disk: images and layers. */
  store: string;
  /** The path by which the user reaches a file below `kept` or `store`. */
  seen: (path: string) => string;
  /** The file that the user reaches by a path. */
  unseen: (path: string) => string;
}

/** In the namespace's own /run. */
const seenAt = '/run/rootless';

/** @param hiddenHierarchy cgroup hierarchy that the runtime must not see; null: it may see everything */
export async function createPlaces(
  user: RootlessUser,
  platform: string,
  { folders }: RunContext,
  hiddenHierarchy: string | null,
  cleanUp: CleanUp,
): Promise<RootlessPlaces> {
  const kept = join(folders.runtime, platform);
  const scratch = join(folders.scratch, `${platform}-engine`);
  const store = join(scratch, 'store');
  const lines = join(scratch, 'lines');
  await cleanUp.add(mkdir(join(kept, 'store'), { recursive: true }), () => removeTree(kept));
  await cleanUp.add(mkdir(store, { recursive: true }), () => removeTree(scratch));
  for (const folder of [kept, store]) await chown(folder, user.uid, user.gid);
  await mkdir(lines);
  if (user.isOwn) {
    for (const [file, line] of Object.entries(userLines(user))) {
      await writeFile(join(lines, file), `${line}\n`);
    }
  }
  const held = join(scratch, 'namespace');
  await mkdir(join(held, 'mounts'), { recursive: true });
  await cleanUp.add(createNamespaceFolder(held), () => unmountBelow(held));
  const args = [
    assetFile('runners/rootless/namespace.sh'),
    assetFile('runners/container-engine/namespace.sh'),
    ...[kept, join(held, 'mounts'), store, seenAt],
    ...[String(user.uid), String(user.gid), lines],
    ...(hiddenHierarchy === null ? [] : [hiddenHierarchy]),
  ];
  const namespace = await cleanUp.add(createMountNamespace(join(held, 'held'), 'sh', args), (made) =>
    made.dispose(),
  );
  const inner: [string, string] = [join(seenAt, 'store'), store];
  const outer: [string, string] = [seenAt, kept];
  return {
    user,
    namespace: namespace.path,
    kept,
    store,
    seen: (path) => translatePath(path, [flipped(inner), flipped(outer)]),
    unseen: (path) => translatePath(path, [inner, outer]),
  };
}

function flipped([from, to]: [string, string]): [string, string] {
  return [to, from];
}

/** The beginning of a command line in the places, as root still. */
export async function enterPlaces(
  { namespace }: Pick<RootlessPlaces, 'namespace'>,
  networkNamespace: string,
): Promise<[string, ...string[]]> {
  return [await requireProgram('nsenter'), `--mount=${namespace}`, `--net=${networkNamespace}`, '--'];
}

/** The beginning of a command line that becomes the user; the rights of root are gone then. */
export async function becomeUser({ uid, gid }: RootlessUser): Promise<string[]> {
  const who = ['--reuid', String(uid), '--regid', String(gid), '--clear-groups'];
  return [await requireProgram('setpriv'), ...who, '--'];
}

/** The same with the limits that a container may be given: a user can raise none, and logins of most systems set them. */
export async function becomeUserWithLimits(user: RootlessUser, wanted: OpenFileLimit): Promise<string[]> {
  const { soft, hard } = await openFileLimit(wanted);
  const processes = await mostOf('processes');
  const limits = [`--nofile=${soft}:${hard}`, `--nproc=${processes}:${processes}`];
  return [await requireProgram('prlimit'), ...limits, '--', ...(await becomeUser(user))];
}

/** Goes on in a user namespace that has the user's subordinate ids, as its root; and in a mount namespace of that. */
export async function enterUserNamespace(): Promise<string[]> {
  return [await requireProgram('unshare'), '--user', '--map-root-user', '--map-auto', '--mount', '--'];
}

/** The whole environment of the user's programs. */
export function userEnvironment({ user }: Pick<RootlessPlaces, 'user'>): Record<string, string> {
  return {
    PATH: systemPath,
    USER: user.name,
    HOME: join(seenAt, 'store'),
    XDG_RUNTIME_DIR: `/run/user/${user.uid}`,
    TMPDIR: join(seenAt, 'store'),
  };
}
