/** The runs that commands about many of them read: the working folder's, or those of named folders. */
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option } from '@commander-js/extra-typings';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';
import { runsFolder } from '../../environment/paths.ts';
import { findRecords } from '../../store/find-records.ts';
import { collect } from '../options.ts';

export const dirOption = new Option(
  '--dir <dir>',
  'a folder that holds runs, records or reference files; repeatable',
)
  .argParser(collect)
  .default([] as string[], '.tare/runs');

/** @throws TareError (exit 2) where a folder is not there or holds nothing */
export async function storedPaths(folders: readonly string[], cwd: string): Promise<string[]> {
  const usual = runsFolder(cwd);
  const paths: string[] = [];
  for (const folder of folders.length > 0 ? folders.map((each) => resolve(cwd, each)) : [usual]) {
    const there = await stat(folder).catch(() => null);
    if (there?.isDirectory()) paths.push(...(await findRecords(folder)));
    else if (folder !== usual) {
      throw new TareError(
        `--dir ${folder}: ${there ? 'it is not a folder' : 'there is no such folder'}`,
        exitCodes.usage,
      );
    }
  }
  if (paths.length > 0) return [...new Set(paths)];
  const where = folders.length > 0 ? folders.join(', ') : usual;
  throw new TareError(
    `there is no run in ${where}: \`tare run\` makes one, and --dir names a folder with runs or reference files`,
    exitCodes.usage,
  );
}

/**
 * Reads each of them; what is none of ours is left out and told.
 *
 * @throws TareError (exit 2) where nothing can be read
 */
export async function readEach<Run>(
  paths: readonly string[],
  read: (path: string) => Promise<Run>,
  { signal }: Pick<CommandContext, 'signal'>,
): Promise<{ stored: Run[]; unreadable: { path: string; message: string }[] }> {
  const stored: Run[] = [];
  const unreadable: { path: string; message: string }[] = [];
  for (const path of paths) {
    signal.throwIfAborted();
    try {
      stored.push(await read(path));
    } catch (error) {
      if (!(error instanceof TareError)) throw error;
      unreadable.push({ path, message: error.message });
    }
  }
  if (stored.length > 0) return { stored, unreadable };
  throw new TareError(
    `none of these can be read:\n${unreadable.map(({ message }) => message).join('\n')}`,
    exitCodes.usage,
  );
}
