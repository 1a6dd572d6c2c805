/**
 * The build: each program in dist, with all that it imports put into a few files. Node takes about a millisecond for each
 * file of a program, and as written these are hundreds. What a command alone needs stays in files of its own, which are
 * loaded with it. Types are not checked here: `npm run types` does.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

const home = join(import.meta.dirname, '..');
const dist = join(home, 'dist');

const { outputFiles } = await build({
  absWorkingDir: home,
  entryPoints: [
    'bench/cli.ts',
    'bench/environment/peak-memory.ts',
    'bench/lab/inside.ts',
    'bench/library/index.ts',
    'bench/prober/resident.ts',
  ],
  outdir: 'dist',
  outbase: '.',
  chunkNames: 'chunks/[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.19',
  sourcemap: true,
  sourcesContent: false,
  // Names in a stack are those of the source.
  keepNames: true,
  // Packages that are CommonJS ask for Node's own modules.
  banner: {
    js: "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);",
  },
  write: false,
  logLevel: 'warning',
});

// Each at once, and none that is there already: a program of an earlier build may be running.
for (const { path, contents } of outputFiles) {
  if (existsSync(path) && readFileSync(path).equals(contents)) continue;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(`${path}.new`, contents);
  renameSync(`${path}.new`, path);
}

// What an earlier build had, and this one has not.
const written = new Set(outputFiles.map(({ path }) => path));
for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const file = join(entry.parentPath, entry.name);
  if (entry.isFile() && /\.(js|js\.map)$/.test(entry.name) && !written.has(file)) rmSync(file);
}
