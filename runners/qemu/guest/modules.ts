/**
 * Which kernel modules must be loaded, and in which order. Read from the modules themselves (their `.modinfo`
 * section), because Debian makes `modules.dep` only when the package is configured, which `--variant=extract` skips.
 */
import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { start } from '../../machine/command.ts';

export interface KernelModule {
  /** With underscores, as the kernel says it. */
  name: string;
  content: Buffer;
}

/**
 * The wanted modules and everything they need, each after what it needs. Names of drivers that are built into the
 * kernel may be listed. Throws when a module is neither a file below `folder` nor built in.
 */
export async function loadOrder(folder: string, wanted: readonly string[]): Promise<KernelModule[]> {
  const files = await moduleFiles(folder);
  const builtIn = await builtInNames(folder);
  const ordered = new Map<string, KernelModule>();
  const visit = async (name: string): Promise<void> => {
    if (ordered.has(name) || builtIn.has(name)) return;
    const file = files.get(name);
    if (file === undefined) throw new Error(`kernel module ${name} is missing below ${folder}`);
    const content = await readModule(file);
    for (const needed of dependencies(content)) await visit(needed);
    ordered.set(name, { name, content });
  };
  for (const name of wanted) await visit(name);
  return [...ordered.values()];
}

/** Names in the module's `depends=` entry. */
export function dependencies(content: Buffer): string[] {
  const key = Buffer.from('\0depends=');
  const at = content.indexOf(key);
  if (at < 0) return [];
  const end = content.indexOf(0, at + key.length);
  const list = content.toString('latin1', at + key.length, end);
  return list === '' ? [] : list.split(',').map(kernelName);
}

/** Debian compresses them from 13 on. */
async function readModule(file: string): Promise<Buffer> {
  if (!file.endsWith('.xz')) return readFile(file);
  const xz = start('xz', ['--decompress', '--stdout', file]);
  const [content, complaint, { code }] = await Promise.all([buffer(xz.stdout), buffer(xz.stderr), xz.exited]);
  if (code !== 0) throw new Error(`cannot decompress ${file}: ${complaint.toString().trim()}`);
  return content;
}

async function moduleFiles(folder: string): Promise<Map<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const modules = entries.filter((entry) => entry.isFile() && /\.ko(\.xz)?$/.test(entry.name));
  return new Map(
    modules.map(({ name, parentPath }) => [
      kernelName(basename(name).replace(/\.ko(\.xz)?$/, '')),
      join(parentPath, name),
    ]),
  );
}

async function builtInNames(folder: string): Promise<Set<string>> {
  const text = await readFile(join(folder, 'modules.builtin'), 'utf8');
  const names = text.split('\n').filter((line) => line.endsWith('.ko'));
  return new Set(names.map((line) => kernelName(basename(line, '.ko'))));
}

function kernelName(name: string): string {
  return name.replaceAll('-', '_');
}
