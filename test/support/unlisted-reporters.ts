/** Reporters that were written and have no line in a table of reporters, so that nobody can ask for them. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @param root folder of the project
 * @param replaced texts that stand for files of that path
 * @returns `reports/toy.ts: toy`
 */
export async function unlistedReporters(
  root: string,
  replaced: ReadonlyMap<string, string> = new Map(),
): Promise<string[]> {
  const names = await readdir(join(root, 'reports'), { recursive: true });
  const files = await Promise.all(
    names
      .filter((name) => name.endsWith('.ts'))
      .sort()
      .map(async (name) => {
        const path = join('reports', name);
        return { path, text: replaced.get(path) ?? (await readFile(join(root, path), 'utf8')) };
      }),
  );
  const tables = files
    .flatMap(({ text }) => /= \{([^]*?)\n\} satisfies Record<.*, Reporter(<\w+>)?>;/.exec(text)?.[1] ?? [])
    .join('\n');
  return files.flatMap(({ path, text }) =>
    [...text.matchAll(/^export const (\w+): Reporter\b/gm)]
      .map(([, name = '']) => name)
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(tables))
      .map((name) => `${path}: ${name}`),
  );
}
