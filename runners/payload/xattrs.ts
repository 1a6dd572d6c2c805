/** Extended attributes of a tree: file capabilities, access control lists. Node cannot read them, getfattr can. */
import { run } from '../machine/command.ts';
import { explain } from './error.ts';

/** `name=0x…` pairs by location on this machine, sorted by name; files without attributes are not in it. */
export type Attributes = ReadonlyMap<string, readonly string[]>;

/** The key of a location in the map: one character a byte, since a name need not be UTF-8. */
export function locationKey(location: Buffer): string {
  return location.toString('latin1');
}

/** SELinux labels are left out: they belong to the machine, not to the payload. */
export async function readAttributes(root: string, signal: AbortSignal): Promise<Attributes> {
  // -h: of links themselves; -P: never follow them; -m -: all name spaces.
  const args = ['-R', '-h', '-P', '-m', '-', '-d', '-e', 'hex', '--absolute-names', root];
  try {
    const { stdout } = await run('getfattr', args, { signal, output: 'bytes' });
    return parseAttributes(stdout);
  } catch (error) {
    throw explain(error, root);
  }
}

/** @param dump what getfattr has printed, one character a byte */
export function parseAttributes(dump: string): Attributes {
  const attributes = new Map<string, readonly string[]>();
  for (const block of dump.split('\n\n')) {
    const [header = '', ...lines] = block.split('\n').filter((line) => line !== '');
    if (!header.startsWith('# file: ')) continue;
    const kept = lines.filter((line) => !line.startsWith('security.selinux=')).sort();
    if (kept.length > 0) attributes.set(unescape(header.slice('# file: '.length)), kept);
  }
  return attributes;
}

/** getfattr writes control characters, `\` and `=` as octal, and every other byte as it is. */
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
