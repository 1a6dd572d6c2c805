/** Small trees and payloads for the tests of this folder. */
import {
  chown,
  link,
  lutimes,
  mkdir,
  mkdtemp,
  symlink,
  truncate,
  writeFile,
  chmod,
  readdir,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { removeTree } from '../../../runners/machine/remove-tree.ts';
import type { BuildContext } from '../../../runners/payload/build-payload.ts';
import { readManifest } from '../../../runners/payload/manifest.ts';
import type { Payload } from '../../../runners/payload/payload.ts';
import { walk } from '../../../runners/payload/walk.ts';

export const isRoot = process.getuid?.() === 0;
export const never = new AbortController().signal;

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-images-'));
  onTestFinished(() => removeTree(folder));
  return folder;
}

const names = ['plain', 'a b', 'new\nline', 'back\\slash', 'grüße', '-dash', '.hidden'];

/** One of everything that a payload can hold. Files are made in the order given. */
export async function makeTree(root: string, order: 'forward' | 'backward' = 'forward'): Promise<string> {
  await mkdir(join(root, 'etc'), { recursive: true });
  await mkdir(join(root, 'empty'), { mode: 0o750 });
  for (const name of order === 'forward' ? names : names.toReversed()) {
    await writeFile(join(root, name), `content of ${name}`);
  }
  await link(join(root, 'plain'), join(root, 'etc', 'hard'));
  await symlink('../plain', join(root, 'etc', 'soft'));
  await writeFile(join(root, 'setuid'), '#!/bin/true\n');
  await chmod(join(root, 'setuid'), 0o4755);
  await writeFile(join(root, 'sparse'), 'start');
  await truncate(join(root, 'sparse'), 3 << 20);
  const deep = join(root, 'deep', 'd'.repeat(200), 'e'.repeat(200));
  await mkdir(deep, { recursive: true });
  await writeFile(join(deep, 'n'.repeat(255)), 'the longest name there is');
  await writeFile(Buffer.from(`${root}/not\xffutf8`, 'latin1'), '');
  await mkdir(join(root, 'sticky'));
  await chmod(join(root, 'sticky'), 0o3777);
  if (isRoot) await addOfRoot(root);
  return root;
}

/** What root alone can make. */
async function addOfRoot(root: string): Promise<void> {
  await run('mknod', [join(root, 'null'), 'c', '1', '3']);
  // Minor numbers above 255 are stored apart from others.
  await run('mknod', [join(root, 'disk'), 'b', '259', '70000']);
  await run('mkfifo', [join(root, 'pipe')]);
  await writeFile(join(root, 'owned'), '');
  await chown(join(root, 'owned'), 70_000, 4_000_000_000);
  const capability = 'security.capability=0x0100000200040000000000000000000000000000';
  const attributes: [string, string[]][] = [
    ['back\\slash', [capability, 'user.note=0x6b657074']],
    ['not\xffutf8', [`user.long=0x${'ab'.repeat(1000)}`]],
    ['empty', ['user.note=0x00']],
    ['etc/soft', ['trusted.note=0x01']],
    ['null', ['trusted.note=0x02']],
  ];
  await restoreAttributes(root, new Map(attributes));
}

/** Sets extended attributes (`name=0x…`) of files below a root; names are of one character a byte, and need not be UTF-8. */
export async function restoreAttributes(
  root: string,
  attributes: ReadonlyMap<string, readonly string[]>,
): Promise<void> {
  const escaped = (name: string): string =>
    name.replace(/[^\w./-]/g, (character) => `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`);
  const dump = [...attributes].map(([name, set]) =>
    [`# file: ${root}/${escaped(name)}`, ...set, ''].join('\n'),
  );
  await run('setfattr', ['--no-dereference', '--restore=-'], { input: `${dump.join('\n')}\n` });
}

/** Gives everything in a tree another time of change. */
export async function touchAll(root: string, seconds: number): Promise<void> {
  for (const name of await readdir(root, 'buffer')) {
    await lutimes(Buffer.concat([Buffer.from(`${root}/`), name]), seconds, seconds);
  }
}

export async function payloadOf(root: string): Promise<Payload> {
  const { digest, files, bytes } = await readManifest(root, never);
  return { digest, root, manifest: '', files, bytes, packages: [], buildMs: null };
}

export async function digestOf(root: string): Promise<string> {
  return (await readManifest(root, never)).digest;
}

/** A context whose log keeps nothing. */
export function contextOf(cache: string, signal: AbortSignal = never): BuildContext {
  const nothing = (): void => undefined;
  return { cache, signal, log: { progress: nothing, debug: nothing, warn: nothing } };
}

/** Every path below a folder, for "nothing is left"; one character a byte for names that need not be UTF-8. */
export function pathsBelow(folder: string, encoding: 'utf8' | 'latin1' = 'utf8'): string[] {
  // Not readdir's own recursion: that follows links to folders.
  const entries = [...walk(folder)].slice(1);
  return entries.map((entry) => entry.path.toString(encoding).slice(1)).sort();
}
