/** The file by which a build's context leaves things out (.dockerignore), as builders read it: the last pattern that fits counts. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** buildah reads the first of them that is there, docker the second alone. */
export const ignoreFiles = {
  buildah: ['.containerignore', '.dockerignore'],
  docker: ['.dockerignore'],
} as const;

interface Pattern {
  /** Of a path without a slash at its beginning. */
  fits: RegExp;
  isException: boolean;
}

/** @returns whether a path of the context (`srv/www`) is left out */
export async function readIgnoreFile(
  context: string,
  names: readonly string[],
): Promise<(path: string) => boolean> {
  for (const name of names) {
    const text = await readFile(join(context, name), 'utf8').catch(() => null);
    if (text !== null) return ignoring(text);
  }
  return () => false;
}

export function ignoring(text: string): (path: string) => boolean {
  const patterns = text.split('\n').flatMap(parsePattern);
  return (path) => {
    let isLeftOut = false;
    for (const { fits, isException } of patterns)
      if (isException === isLeftOut && fits.test(path)) isLeftOut = !isException;
    return isLeftOut;
  };
}

function parsePattern(line: string): Pattern[] {
  const text = line.trim();
  if (text === '' || text.startsWith('#')) return [];
  const isException = text.startsWith('!');
  const steps = (isException ? text.slice(1).trim() : text).split('/');
  const kept: string[] = [];
  for (const step of steps) {
    if (step === '..') kept.pop();
    else if (step !== '' && step !== '.') kept.push(step);
  }
  if (kept.length === 0) return [];
  // What fits a folder fits all below it.
  return [{ fits: new RegExp(`^${expression(kept)}(?:/.*)?$`, 's'), isException }];
}

/** `**` stands for any number of folders, also none. */
function expression(steps: readonly string[]): string {
  return steps
    .map((step, at) => {
      const isLast = at === steps.length - 1;
      if (step === '**') return isLast ? '.*' : '(?:.*/)?';
      return glob(step) + (isLast ? '' : '/');
    })
    .join('');
}

/** `*`, `?`, `[a-z]` and `\` as in Go's filepath.Match; none of them stands for a slash. */
function glob(step: string): string {
  return step.replace(
    /\\(.)|\[(\^?)((?:\\.|[^\]\\])+)\]|\*\*|\*|\?|[^\w]/gsu,
    (all, escaped?: string, not?: string, set?: string) => {
      if (escaped !== undefined) return literal(escaped);
      if (set !== undefined) return `[${not ?? ''}${set.replace(/[[&~|]/g, '\\$&')}]`;
      if (all === '**') return '.*';
      if (all === '*') return '[^/]*';
      return all === '?' ? '[^/]' : literal(all);
    },
  );
}

function literal(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
