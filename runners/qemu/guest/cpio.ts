/**
 * Writes cpio archives in the "newc" format, which the Linux kernel unpacks as its initial root filesystem
 * (kernel documentation, driver-api/early-userspace/buffer-format). The same entries give the same bytes.
 */

export type CpioEntry =
  | { path: string; type: 'folder'; mode: number }
  | { path: string; type: 'file'; mode: number; content: Buffer }
  | { path: string; type: 'link'; target: string }
  | { path: string; type: 'character-device'; mode: number; major: number; minor: number };

const fileTypeBits = { folder: 0o040000, file: 0o100000, link: 0o120000, 'character-device': 0o020000 };

/**
 * One archive of the entries, sorted by path, with times 0, owner 0:0 and inodes counted from 1. Folders must be
 * listed: the kernel makes none on its own. The result is padded to 512 bytes, so that archives can be joined.
 */
export function cpioArchive(entries: readonly CpioEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  const parts = sorted.flatMap((entry, index) => encode(entry, index + 1));
  parts.push(...member('TRAILER!!!', { inode: 0, mode: 0, major: 0, minor: 0 }, Buffer.alloc(0)));
  return padded(Buffer.concat(parts), 512);
}

function encode(entry: CpioEntry, inode: number): Buffer[] {
  const bits = fileTypeBits[entry.type];
  switch (entry.type) {
    case 'folder':
      return member(entry.path, { inode, mode: bits | entry.mode, major: 0, minor: 0 }, Buffer.alloc(0));
    case 'file':
      return member(entry.path, { inode, mode: bits | entry.mode, major: 0, minor: 0 }, entry.content);
    case 'link':
      return member(entry.path, { inode, mode: bits | 0o777, major: 0, minor: 0 }, Buffer.from(entry.target));
    case 'character-device': {
      const { major, minor } = entry;
      return member(entry.path, { inode, mode: bits | entry.mode, major, minor }, Buffer.alloc(0));
    }
  }
}

interface MemberHeader {
  inode: number;
  mode: number;
  major: number;
  minor: number;
}

function member(path: string, header: MemberHeader, content: Buffer): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  const fields = [
    header.inode,
    header.mode,
    0, // uid
    0, // gid
    1, // links
    0, // time of change
    content.length,
    0, // device the file lay on
    0,
    header.major,
    header.minor,
    name.length,
    0, // checksum, unused in this format
  ];
  const head = `070701${fields.map((field) => field.toString(16).toUpperCase().padStart(8, '0')).join('')}`;
  return [padded(Buffer.concat([Buffer.from(head), name]), 4), padded(content, 4)];
}

function padded(bytes: Buffer, alignment: number): Buffer {
  const missing = (alignment - (bytes.length % alignment)) % alignment;
  return missing === 0 ? bytes : Buffer.concat([bytes, Buffer.alloc(missing)]);
}
