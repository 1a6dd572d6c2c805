/** Extended attributes of a tree: file capabilities, access control lists. Node cannot read them, getfattr can. */
import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../machine/command.ts';
import { explain } from './error.ts';

/** The tree's attributes stay in a file until they are asked for: they may be more than memory should hold. */
export interface Attributes {
  /**
   * `name=0x…` pairs, sorted by name; empty: it has none.
   * @param path absolute inside the tree
   */
  of(path: Buffer): readonly string[];
  /** Forgets them all. */
  close(): void;
}

/** SELinux labels are left out: they belong to the machine, not to the payload. */
export async function readAttributes(root: string, signal: AbortSignal): Promise<Attributes> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-attributes-'));
  const file = openSync(join(folder, 'dump'), 'wx+');
  // Open and without a name it goes with this process, however that ends.
  await rm(folder, { recursive: true });
  const dump = `/proc/self/fd/${file}`;
  // -h: of links themselves; -P: never follow them; -m -: all name spaces. From inside, lest its own path lengthen others.
  const args = ['-R', '-h', '-P', '-m', '-', '-d', '-e', 'hex', '.'];
  try {
    await run('getfattr', args, { signal, cwd: root, stdoutFile: dump, env: { LC_ALL: 'C' } });
    const places = await indexOf(dump);
    return {
      of(path) {
        const place = places.get(path.toString('latin1'));
        if (place === undefined) return [];
        const block = Buffer.alloc(place.length);
        readSync(file, block, 0, place.length, place.offset);
        return parseAttributes(block.toString('latin1'));
      },
      close() {
        closeSync(file);
      },
    };
  } catch (error) {
    closeSync(file);
    throw explain(error, root);
  }
}

interface Place {
  offset: number;
  length: number;
}

/** Where each file's lines are, by its path in the tree, one character a byte: a name need not be UTF-8. */
async function indexOf(dump: string): Promise<Map<string, Place>> {
  const places = new Map<string, Place>();
  let text = '';
  let offset = 0;
  const end = '\n\n';
  for await (const chunk of createReadStream(dump, { encoding: 'latin1', highWaterMark: 1 << 16 })) {
    text += chunk as string;
    let at = 0;
    for (let next = text.indexOf(end); next >= 0; next = text.indexOf(end, at)) {
      const path = pathOf(text.slice(at, text.indexOf('\n', at)));
      places.set(path, { offset: offset + at, length: next - at });
      at = next + end.length;
    }
    offset += at;
    text = text.slice(at);
  }
  return places;
}

/** `# file: etc/passwd` is `/etc/passwd`, `# file: .` the root. */
function pathOf(header: string): string {
  const name = unescape(header.slice('# file: '.length));
  return name === '.' ? '/' : `/${name.replace(/^\.\//, '')}`;
}

/** @param block what getfattr has printed of one file, one character a byte */
export function parseAttributes(block: string): readonly string[] {
  const [, ...lines] = block.split('\n').filter((line) => line !== '');
  return lines.filter((line) => !line.startsWith('security.selinux=')).sort();
}

/** getfattr writes control characters, `\` and `=` as octal, and every other byte as it is. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
