/** The disk that brings Node, the sources, the tests and their packages into the lab, in the place of the built program. */
import { copyFile, mkdir, readdir, realpath, rm } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { packageFolder } from '../../bench/environment/package.ts';
import { copyPartsOfNode } from '../../bench/lab/own-node.ts';
import { run } from '../../runners/machine/command.ts';
import { makeLabDisk } from '../../runners/lab/disk.ts';
import { guestKit } from '../../runners/qemu/guest/guest-kit.ts';
import type { ProbeContext } from '../../runners/runner.ts';
import { sharedCache } from '../support/tare.ts';

const sources = ['bench', 'reports', 'runners', 'scenarios', 'test', 'package.json', 'tsconfig.json'];

/** @param folder an empty one on the file system of the packages, which are not copied but linked */
export async function testsDisk(folder: string, context: ProbeContext): Promise<string> {
  const { signal } = context;
  const tree = join(folder, 'tree');
  const own = join(tree, 'package');
  const packages = await realpath(join(packageFolder, 'node_modules'));
  const kit = dirname((await guestKit('bookworm', context)).kernelFile);
  const guests = join(own, relative(packageFolder, sharedCache), 'guests');
  const program = join(own, 'dist/bench/lab/inside.js');
  for (const path of [guests, dirname(program)]) await mkdir(path, { recursive: true });
  await copyFile(await realpath(process.execPath), join(tree, 'node'));
  await copyPartsOfNode(tree);
  await copyFile(join(packageFolder, 'test/lab/inside.mjs'), program);
  const copied = [...sources, 'vitest.config.ts'].map((name) => join(packageFolder, name));
  await run('cp', ['--archive', ...copied, own], { signal });
  const linked = (await readdir(packages)).filter(
    (name) => !['.cache', '.vite', '.vite-temp'].includes(name),
  );
  await run('cp', ['--archive', '--link', ...linked, join(own, 'node_modules')], { cwd: packages, signal });
  await run('cp', ['--archive', '--link', kit, guests], { signal });
  const file = join(folder, 'disk.ext4');
  await makeLabDisk('tools', tree, file, signal);
  await rm(tree, { recursive: true });
  return file;
}
