/** What the pages in docs/contributing/ add to the sources: whole files, and lines in tables. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface Additions {
  /** Text of each new file, by its path in the project. */
  files: Map<string, string>;
  /** Text of each table with its new line, by its path. */
  tables: Map<string, string>;
}

/** @param pages names in docs/contributing/ @param root folder of the project */
export async function readAdditions(root: string, pages: readonly string[]): Promise<Additions> {
  const files = new Map<string, string>();
  const tables = new Map<string, string>();
  for (const page of pages) {
    const text = await readFile(join(root, 'docs/contributing', page), 'utf8');
    for (const { language, path, body } of codeBlocks(text)) {
      if (language === 'ts') files.set(path, body);
      else tables.set(path, withLines(await readFile(join(root, path), 'utf8'), body));
    }
  }
  return { files, tables };
}

/** The blocks of code that begin with a file's path, without the indentation of the list that they are in. */
function codeBlocks(page: string): { language: string; path: string; body: string }[] {
  return [...page.matchAll(/^( *)```(ts|diff)\n *\/\/ (\S+)\n(.*?)^\1```$/gms)].map(
    ([, indent = '', language = '', path = '', body = '']) => {
      return { language, path, body: body.replaceAll(new RegExp(`^${indent}`, 'gm'), '') };
    },
  );
}

/** The added import at the top, the other added line at the end of the table that the diff opens. */
function withLines(table: string, diff: string): string {
  const lines = diff.split('\n');
  const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
  const opening = lines.find((line) => line.endsWith(' = {'))?.slice(1) ?? 'no table';
  const start = table.indexOf(`${opening}\n`);
  const end = table.indexOf('\n}', start);
  const [importLine, entry] = added;
  if (added.length !== 2 || !importLine || !entry || start < 0 || end < 0) {
    throw new Error(`this is not an import and an entry of a table that is there:\n${diff}`);
  }
  return `${importLine}\n${table.slice(0, end)}\n${entry}${table.slice(end)}`;
}
