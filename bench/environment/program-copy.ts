/** Node and this build of Tare as a folder that runs elsewhere: in the lab, and on nodes that share no file system. */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { cp, link, mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { exitCodes, TareError } from './errors.ts';
import { packageFolder, tareVersion } from './package.ts';

/** Of this package: what the program needs. Sources may lie beside it in a clone; they stay. */
const ownParts = ['package.json', 'dist', 'scenarios', 'runners', 'reports'];

/** Below the folder: Node, and the package that it runs. */
export const copiedProgram = { node: 'node', package: 'package' } as const;

export async function copyProgram(folder: string): Promise<void> {
  const own = join(folder, copiedProgram.package);
  await mkdir(own, { recursive: true });
  await copy(await realpath(process.execPath), join(folder, copiedProgram.node));
  for (const part of ownParts) await copy(join(packageFolder, part), join(own, part));
  for (const { folder: from, place } of await dependencies(packageFolder)) await copy(from, join(own, place));
}

/**
 * @param file of the build, below the package
 * @throws TareError when Tare was not built
 */
export function requireBuilt(file: string, who: string): void {
  if (existsSync(join(packageFolder, file))) return;
  throw new TareError(`${who} needs the built program; run npm run build first`, exitCodes.usage);
}

/** Of all that is copied: by content where it is ours, by version where it is not. */
export async function programKey(): Promise<string> {
  const node = await stat(process.execPath);
  const hash = createHash('sha256').update(
    JSON.stringify([tareVersion, process.version, node.size, node.mtimeMs]),
  );
  for (const { folder, place } of await dependencies(packageFolder)) {
    hash.update(JSON.stringify([place, (await manifest(folder)).version]));
  }
  for (const part of ownParts) {
    for (const file of await filesBelow(join(packageFolder, part))) {
      hash.update(relative(packageFolder, file)).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

interface Dependency {
  folder: string;
  /** Where it belongs below the package, `node_modules/execa` for instance. */
  place: string;
}

/** What the package needs to run, found where Node would find it; a package that others share is listed once. */
async function dependencies(root: string): Promise<Dependency[]> {
  const found = new Map<string, Dependency>();
  const visit = async (folder: string): Promise<void> => {
    const { dependencies: names = {} } = await manifest(folder);
    for (const name of Object.keys(names)) {
      const dependency = locate(name, folder, root);
      if (found.has(dependency.folder)) continue;
      found.set(dependency.folder, dependency);
      await visit(dependency.folder);
    }
  };
  await visit(root);
  return [...found.values()].sort((a, b) => (a.place < b.place ? -1 : 1));
}

/** In the nearest `node_modules` above; one above the package itself (a global installation) moves below it. */
function locate(name: string, from: string, root: string): Dependency {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', name);
    if (!existsSync(join(candidate, 'package.json'))) continue;
    const place = relative(root, candidate);
    return { folder: candidate, place: place.startsWith('..') ? join('node_modules', name) : place };
  }
  throw new TareError(`the package ${name} is missing: npm install`, exitCodes.failed);
}

async function manifest(folder: string): Promise<{ version?: string; dependencies?: object }> {
  return JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object;
}

async function filesBelow(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !isSource(file))
    .sort();
}

/** A nested `node_modules` comes by itself, as far as it is needed. */
async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  if ((await stat(from)).isFile()) {
    // What is made of the folder is a copy anyway.
    await link(from, to).catch(() => cp(from, to));
    return;
  }
  await cp(from, to, {
    recursive: true,
    dereference: true,
    filter: (source) =>
      source === from || !(relative(from, source).split('/').includes('node_modules') || isSource(source)),
  });
}

function isSource(file: string): boolean {
  return file.endsWith('.ts') || file.endsWith('.map');
}
