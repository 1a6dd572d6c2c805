/**
 * Reads the headers of a tar archive as it goes by: how many members there are, how large they will be on disk, and
 * which have holes. What a header states may be far more than its archive holds. The content is not looked at.
 */

export interface ArchiveMember {
  /** Bytes that the file takes when its holes are filled. */
  bytes: number;
  isSparse: boolean;
  /** As the archive has it, one character a byte. */
  name: string;
}

const blockBytes = 512;
/** Extended headers hold names and attributes. What is longer is passed over: no file system would take it either. */
const keptBytes = 1 << 20;
const regular = new Set(['0', '\0', '7', 'S']);
const withoutContent = new Set(['1', '2', '3', '4', '5', '6']);

/** @returns a function that takes the archive's bytes, in pieces of any size */
export function scanArchive(onMember: (member: ArchiveMember) => void): (chunk: Buffer) => void {
  let header = Buffer.alloc(0);
  let extended: { flag: string; parts: Buffer[]; kept: number } | null = null;
  let skip = 0;
  let content = 0;
  let isLost = false;
  // GNU's own form lists more than four holes in blocks between header and content.
  let listGoesOn = false;
  let sparse = { content: 0, skip: 0 };
  let records: Partial<Record<string, string>> = {};

  const begin = (block: Buffer): void => {
    if (listGoesOn) {
      listGoesOn = block[504] === 1;
      if (!listGoesOn) [content, skip] = [sparse.content, sparse.skip];
      return;
    }
    if (block.every((byte) => byte === 0)) return;
    // Not an archive, or none that this reads: the program that unpacks it will say so.
    if (!isHeader(block)) {
      isLost = true;
      return;
    }
    const flag = String.fromCharCode(block[156] ?? 0);
    const stated = Number(records['size'] ?? numberAt(block, 124, 12));
    const size = withoutContent.has(flag) ? 0 : stated;
    content = size;
    skip = (blockBytes - (size % blockBytes)) % blockBytes;
    if (flag === 'x' || flag === 'L' || flag === 'K' || flag === 'g') {
      extended = { flag, parts: [], kept: 0 };
      if (size === 0) finishExtended();
      return;
    }
    const real =
      flag === 'S'
        ? numberAt(block, 483, 12)
        : Number(records['GNU.sparse.realsize'] ?? records['GNU.sparse.size'] ?? 0);
    const name = records['GNU.sparse.name'] ?? records['path'] ?? textAt(block, 0, 100);
    const bytes = regular.has(flag) ? Math.max(size, real) : size;
    onMember({ bytes, isSparse: flag === 'S' || real > size, name });
    records = {};
    if (flag !== 'S' || block[482] !== 1) return;
    listGoesOn = true;
    sparse = { content, skip };
    content = 0;
    skip = 0;
  };

  const finishExtended = (): void => {
    if (extended === null) return;
    const text = Buffer.concat(extended.parts).toString('latin1');
    if (extended.flag === 'L') records['path'] = text.replace(/\0.*$/s, '');
    if (extended.flag === 'x') records = { ...records, ...paxRecords(text) };
    extended = null;
  };

  return (chunk) => {
    let at = 0;
    while (at < chunk.length && !isLost) {
      if (content > 0) {
        const taken = Math.min(content, chunk.length - at);
        if (extended !== null && extended.kept < keptBytes) {
          extended.parts.push(Buffer.from(chunk.subarray(at, at + taken)));
          extended.kept += taken;
        }
        content -= taken;
        at += taken;
        if (content === 0) finishExtended();
      } else if (skip > 0) {
        const taken = Math.min(skip, chunk.length - at);
        skip -= taken;
        at += taken;
      } else {
        const taken = Math.min(blockBytes - header.length, chunk.length - at);
        header = Buffer.concat([header, chunk.subarray(at, at + taken)]);
        at += taken;
        if (header.length < blockBytes) continue;
        const block = header;
        header = Buffer.alloc(0);
        begin(block);
      }
    }
  };
}

/** By its sum, in which the sum's own field counts as blanks. */
function isHeader(block: Buffer): boolean {
  let sum = 0;
  for (let at = 0; at < blockBytes; at += 1) sum += at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
  return sum === numberAt(block, 148, 8);
}

/** Octal digits, or base 256 where the first bit is set. */
function numberAt(block: Buffer, at: number, length: number): number {
  const field = block.subarray(at, at + length);
  if (((field[0] ?? 0) & 0x80) === 0) return parseInt(textAt(block, at, length).trim() || '0', 8) || 0;
  return field.reduce((value, byte, index) => value * 256 + (index === 0 ? byte & 0x7f : byte), 0);
}

function textAt(block: Buffer, at: number, length: number): string {
  return block
    .subarray(at, at + length)
    .toString('latin1')
    .replace(/\0.*$/s, '');
}

/** `LENGTH KEY=VALUE\n` one after another; a value may hold line feeds. */
function paxRecords(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (let at = 0; at < text.length;) {
    const length = parseInt(text.slice(at, at + 20), 10);
    if (!(length > 0)) return found;
    const record = text.slice(at, at + length - 1);
    const blank = record.indexOf(' ');
    const equals = record.indexOf('=');
    if (blank < 0 || equals < blank) return found;
    found[record.slice(blank + 1, equals)] = record.slice(equals + 1);
    at += length;
  }
  return found;
}
