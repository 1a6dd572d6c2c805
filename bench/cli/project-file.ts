/**
 * The project file: `tare.yaml` in the working folder sets options for everybody who works there. It stands below
 * flags and environment and above the defaults. A scenario or a workload of that name is not a project file.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidArgumentError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { exitCodes, TareError } from '../environment/errors.ts';
import { projectFileOptions } from './options.ts';

const projectFileName = 'tare.yaml';

/** Gives the command the values of the project file; those it has no option for are left alone. */
export async function applyProjectFile(command: CommandUnknownOpts, cwd: string): Promise<void> {
  const path = join(cwd, projectFileName);
  const text = await readIfThere(path);
  if (text === null) return;
  // With a parser that most working folders need not load.
  const { parseProjectFile } = await import('./parse-project-file.ts');
  for (const { key, values, place } of parseProjectFile(text, path)) {
    const option = command.options.find(
      (candidate) => projectFileOptions.includes(candidate) && candidate.name() === key,
    );
    if (!option) continue;
    const source = command.getOptionValueSource(option.attributeName());
    if (source === 'cli' || source === 'env') continue;
    try {
      let value: unknown = Array.isArray(option.defaultValue) ? [] : undefined;
      for (const entry of values) {
        value = option.parseArg ? option.parseArg<unknown>(entry, value) : entry;
      }
      command.setOptionValueWithSource(option.attributeName(), value, 'config');
    } catch (error) {
      if (!(error instanceof InvalidArgumentError)) throw error;
      throw new TareError(`${place}: ${key}: ${error.message}`, exitCodes.usage);
    }
  }
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
