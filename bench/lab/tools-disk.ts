/** The disk that brings Node and this build of Tare into the lab. */
import { createHash } from 'node:crypto';
import { cp, link, mkdir, readdir, readFile, realpath, rm, stat } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { labCacheFolder } from '../../runners/lab/base.ts';
import { labDiskVersion, makeLabDisk } from '../../runners/lab/disk.ts';
import { makeEntry } from '../../runners/payload/cache-entry.ts';
import type { ProbeContext } from '../../runners/runner.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import { packageFolder, tareVersion } from '../environment/package.ts';

/** Of this package: what the program inside needs. Sources may lie beside it in a clone; they stay. */
const ownParts = ['package.json', 'dist', 'scenarios', 'runners', 'reports'];

/** @throws TareError when Tare was not built */
export async function toolsDisk({ cache, signal, log }: ProbeContext): Promise<string> {
  if (!existsSync(join(packageFolder, 'dist/bench/lab/inside.js'))) {
    throw new TareError('the lab needs the built program; run npm run build first', exitCodes.usage);
  }
  const packages = await dependencies(packageFolder);
  const key = await keyOf(packages);
  const folder = join(cache, labCacheFolder, `tools-${key}`);
  await makeEntry(folder, async (temporary) => {
    log.progress('packing Node and this build of Tare for the lab: several seconds');
    const tree = join(temporary, 'tree');
    const own = join(tree, 'package');
    await mkdir(own, { recursive: true });
    await copy(await realpath(process.execPath), join(tree, 'node'));
    for (const part of ownParts) await copy(join(packageFolder, part), join(own, part));
    for (const { folder: from, place } of packages) await copy(from, join(own, place));
    await makeLabDisk('tools', tree, join(temporary, 'disk.ext4'), signal);
    await rm(tree, { recursive: true });
  });
  return join(folder, 'disk.ext4');
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

/** By content where it is ours, by version where it is not. */
async function keyOf(packages: readonly Dependency[]): Promise<string> {
  const node = await stat(process.execPath);
  const hash = createHash('sha256').update(
    JSON.stringify([labDiskVersion, tareVersion, process.version, node.size, node.mtimeMs]),
  );
  for (const { folder, place } of packages) {
    hash.update(JSON.stringify([place, (await manifest(folder)).version]));
  }
  for (const part of ownParts) {
    for (const file of await filesBelow(join(packageFolder, part))) {
      hash.update(relative(packageFolder, file)).update(await readFile(file));
    }
  }
  return hash.digest('hex');
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
    // The disk is a copy anyway.
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
