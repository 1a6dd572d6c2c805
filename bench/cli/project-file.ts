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
  for (const { key, values, place } of await parseProjectFile(text, path)) {
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

interface Setting {
  key: string;
  values: string[];
  /** `file:line:column`. */
  place: string;
}

async function parseProjectFile(text: string, path: string): Promise<Setting[]> {
  const { isMap, isScalar, isSeq, LineCounter, parseDocument } = await import('yaml');
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const place = (offset: number | undefined): string => {
    const { line, col } = lines.linePos(offset ?? 0);
    return `${path}:${line}:${col}`;
  };
  const mistake = (offset: number | undefined, message: string): TareError =>
    new TareError(`${place(offset)}: ${message}`, exitCodes.usage);

  const broken = document.errors[0];
  if (broken) throw mistake(broken.pos[0], `not YAML: ${broken.message.split('\n')[0] ?? ''}`);
  if (document.contents === null) return [];
  if (!isMap(document.contents)) {
    throw mistake(document.contents.range[0], 'expected options and their values, such as `samples: 5`');
  }
  // A scenario or a workload may have that name, too, and sets no options.
  const { contents } = document;
  if (['platforms', 'workload', 'rootfs'].some((key) => contents.has(key))) return [];
  return contents.items.map((pair) => {
    const keyOffset = isScalar(pair.key) ? pair.key.range[0] : undefined;
    const key = isScalar(pair.key) ? String(pair.key.value) : '';
    const known = projectFileOptions.map((option) => option.name());
    if (!known.includes(key)) {
      throw mistake(keyOffset, `unknown option \`${key}\`; known are ${known.join(', ')}`);
    }
    const nodes = isSeq(pair.value) ? pair.value.items : [pair.value];
    const values = nodes.map((node) => {
      if (isScalar(node) && (typeof node.value === 'string' || typeof node.value === 'number')) {
        return String(node.value);
      }
      throw mistake(keyOffset, `\`${key}\` takes text or a number, or a list of them`);
    });
    return { key, values, place: place(keyOffset) };
  });
}

async function readIfThere(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}
