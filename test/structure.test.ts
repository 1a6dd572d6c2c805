/** The shape of the tree itself: what lint cannot count, or finds slowly. Who may import whom is in eslint.config.ts. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const sourceFolders = ['scenarios', 'runners', 'bench', 'reports'];

const folders = [...sourceFolders, 'test', 'docs'].flatMap((name) => foldersUnder(join(root, name)));
const sources = sourceFolders.flatMap(readSources);

describe('The tree', () => {
  test('has no folder with more than twenty-five entries', () => {
    expect(folders.length).toBeGreaterThan(50);
    const crowded = folders.filter(({ files, folders }) => files.length + folders.length > 25);
    expect(crowded.map(({ path }) => relative(root, path))).toEqual([]);
  });

  test('has no room with a quarter or more of the lines of code', () => {
    const lines = new Map<string, number>();
    for (const { path, text } of sources) {
      const [top = '', second = ''] = relative(root, dirname(path)).split('/');
      const room = second ? `${top}/${second}` : top;
      lines.set(room, (lines.get(room) ?? 0) + text.split('\n').length - 1);
    }
    const total = [...lines.values()].reduce((sum, count) => sum + count, 0);
    expect(total).toBeGreaterThan(10_000);
    expect([...lines].filter(([, count]) => count >= total / 4)).toEqual([]);
  });

  test('has no circle of imports', () => {
    const files = [...sources, ...readSources('test')];
    const imports = new Map(files.map(({ path, text }) => [path, importsOf(path, text)]));
    expect([...imports.values()].flat().length).toBeGreaterThan(files.length);
    expect(circles(imports).map((circle) => circle.map((path) => relative(root, path)))).toEqual([]);
  });

  test('takes nothing but its commands and Commander to print its help', () => {
    const packages = new Set<string>();
    const visited = new Set<string>();
    const visit = (path: string): void => {
      if (visited.has(path)) return;
      visited.add(path);
      const kept = withoutTypes(readFileSync(path, 'utf8'));
      // At once: what is imported in a call comes later.
      for (const [, name = ''] of kept.matchAll(/^(?:import|export) (?:[^']* from )?'([^']+)'/gm)) {
        if (name.startsWith('.')) visit(join(dirname(path), name));
        else if (!name.startsWith('node:')) packages.add(name);
      }
    };
    visit(join(root, 'bench/cli.ts'));
    expect(visited).toContain(join(root, 'bench/cli/commands.ts'));
    expect([...packages]).toEqual(['@commander-js/extra-typings']);
  });
});

interface Folder {
  path: string;
  files: string[];
  folders: string[];
}

function foldersUnder(path: string): Folder[] {
  const entries = readdirSync(path, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name);
  return [{ path, files, folders }, ...folders.flatMap((name) => foldersUnder(join(path, name)))];
}

interface Source {
  path: string;
  text: string;
}

function readSources(folder: string): Source[] {
  return foldersUnder(join(root, folder))
    .flatMap(({ path, files }) =>
      files.filter((file) => file.endsWith('.ts')).map((file) => join(path, file)),
    )
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}

function withoutTypes(text: string): string {
  return text.replace(/^(?:import|export) type [^;]* from '[^']+';$/gm, '');
}

/** The files of this project that a file imports, at once or later; imports of types alone are gone at run time. */
function importsOf(path: string, text: string): string[] {
  return [...withoutTypes(text).matchAll(/\b(?:from |import ?\(?)'(\.[^']+)'/g)].map(([, name = '']) =>
    join(dirname(path), name),
  );
}

/** Each group of files of which every one reaches every other by imports (Tarjan's strongly connected components). */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
  const index = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const found: string[][] = [];
  const visit = (path: string): number => {
    const own = index.size;
    index.set(path, own);
    let low = own;
    stack.push(path);
    for (const next of imports.get(path) ?? []) {
      if (!index.has(next)) low = Math.min(low, visit(next));
      else if (stack.includes(next)) low = Math.min(low, lowest.get(next) ?? index.get(next) ?? own);
    }
    lowest.set(path, low);
    if (low === own) {
      const group = stack.splice(stack.indexOf(path));
      if (group.length > 1) found.push(group);
    }
    return low;
  };
  for (const path of imports.keys()) if (!index.has(path)) visit(path);
  return found;
}
