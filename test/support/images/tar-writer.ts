/** Tar archives member by member, as no tar program would write them. */
import { Buffer } from 'node:buffer';

export type MemberType = 'file' | 'folder' | 'symlink' | 'hardlink' | 'character' | 'block' | 'fifo';

export interface Member {
  /** Text of one character a byte (latin1), as it stands in the archive: `./etc/`, `/etc`, `../etc`. */
  name: string;
  /** Default: `file`. */
  type?: MemberType;
  content?: string | Buffer;
  /** Where a link leads. */
  target?: string;
  mode?: number;
  uid?: number;
  gid?: number;
  device?: readonly [major: number, minor: number];
  /** Records of an extended (PAX) header before the member. */
  pax?: Readonly<Record<string, string | Buffer>>;
  /** A name too long for its field goes into a GNU header of its own instead of a PAX record. */
  isGnu?: boolean;
  /** Size that the header states, where it is not the content's. */
  size?: number;
  /** Type flag of the header, where none of the types above is meant. */
  flag?: string;
}

const blockBytes = 512;
const flags: Readonly<Record<MemberType, string>> = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  folder: '5',
  fifo: '6',
};

/** The members one after another, and the two empty blocks that end an archive. */
export function tarOf(members: readonly Member[], ending = 2): Buffer {
  return Buffer.concat([...members.map(memberBytes), Buffer.alloc(ending * blockBytes)]);
}

export function memberBytes(member: Member): Buffer {
  const name = latin1(member.name);
  const target = latin1(member.target ?? '');
  const before: Buffer[] = [];
  const records: Record<string, string | Buffer> = { ...member.pax };
  if (name.length > 100) {
    if (member.isGnu === true) before.push(longName('L', name));
    else records['path'] = name;
  }
  if (target.length > 100) {
    if (member.isGnu === true) before.push(longName('K', target));
    else records['linkpath'] = target;
  }
  if (Object.keys(records).length > 0) before.push(paxHeader(records));
  const content = toBuffer(member.content ?? '');
  const flag = member.flag ?? flags[member.type ?? 'file'];
  return Buffer.concat([
    ...before,
    header(
      { ...member, flag, size: member.size ?? content.length },
      name.subarray(0, 100),
      target.subarray(0, 100),
    ),
    padded(content),
  ]);
}

function longName(flag: string, name: Buffer): Buffer {
  const content = Buffer.concat([name, Buffer.alloc(1)]);
  return Buffer.concat([
    header({ flag, size: content.length }, Buffer.from('././@LongLink'), Buffer.alloc(0)),
    padded(content),
  ]);
}

function paxHeader(records: Readonly<Record<string, string | Buffer>>): Buffer {
  const content = Buffer.concat(
    Object.entries(records).map(([key, value]) => paxRecord(key, toBuffer(value))),
  );
  return Buffer.concat([
    header({ flag: 'x', size: content.length }, Buffer.from('PaxHeaders/member'), Buffer.alloc(0)),
    padded(content),
  ]);
}

/** The length at its beginning counts its own digits. */
function paxRecord(key: string, value: Buffer): Buffer {
  const rest = Buffer.concat([Buffer.from(` ${key}=`), value, Buffer.from('\n')]);
  let length = rest.length;
  while (length !== rest.length + String(length).length) length = rest.length + String(length).length;
  return Buffer.concat([Buffer.from(String(length)), rest]);
}

interface HeaderFields {
  flag: string;
  size: number;
  mode?: number;
  uid?: number;
  gid?: number;
  device?: readonly [major: number, minor: number];
}

function header(fields: HeaderFields, name: Buffer, target: Buffer): Buffer {
  const block = Buffer.alloc(blockBytes);
  name.copy(block, 0);
  octal(block, 100, 8, fields.mode ?? (fields.flag === '5' ? 0o755 : 0o644));
  octal(block, 108, 8, fields.uid ?? 0);
  octal(block, 116, 8, fields.gid ?? 0);
  octal(block, 124, 12, fields.size);
  octal(block, 136, 12, 1_600_000_000);
  block.write(fields.flag, 156, 'latin1');
  target.copy(block, 157);
  block.write('ustar\x0000', 257, 'latin1');
  octal(block, 329, 8, fields.device?.[0] ?? 0);
  octal(block, 337, 8, fields.device?.[1] ?? 0);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** What does not fit in octal digits is written in base 256, as GNU and Go do it. */
function octal(block: Buffer, at: number, length: number, value: number): void {
  const digits = value.toString(8);
  if (digits.length < length) {
    block.write(`${digits.padStart(length - 1, '0')}\0`, at, 'latin1');
    return;
  }
  block[at] = 0x80;
  block.writeBigUInt64BE(BigInt(value), at + length - 8);
  if (length === 8) block[at] = 0x80;
}

function padded(content: Buffer): Buffer {
  const over = content.length % blockBytes;
  return over === 0 ? content : Buffer.concat([content, Buffer.alloc(blockBytes - over)]);
}

function latin1(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}

function toBuffer(value: string | Buffer): Buffer {
  return typeof value === 'string' ? Buffer.from(value) : value;
}
