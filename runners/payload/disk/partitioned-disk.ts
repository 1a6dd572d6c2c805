/** A disk with a GUID partition table, put together from partitions that exist as files. Nothing is mounted. */
import { open, readFile, stat, truncate, writeFile, type FileHandle } from 'node:fs/promises';
import { run } from '../../machine/command.ts';

export interface Partition {
  file: string;
  /** GUID of what it is for (Discoverable Partitions Specification). */
  type: string;
  name: string;
  /** The BIOS is to boot from it. */
  legacyBoot?: true;
}

const sectorBytes = 512;
const alignmentBytes = 1 << 20;
/** Partitions begin at whole MiB; the first MiB is the table's, and so is the last. */
export const firstSector = alignmentBytes / sectorBytes;
const guidBase = '7A7E0000-7461-4E72-8000-0000000000';
/** The boot program fills the first sector up to the signature of the partition table of old. */
const bootProgramBytes = 440;

/**
 * Makes the sparse `file`, which must not exist.
 *
 * @param bootProgramFile what the BIOS runs first: it looks for the partition with `legacyBoot`
 */
export async function assembleDisk(
  file: string,
  partitions: readonly Partition[],
  bootProgramFile: string,
  signal: AbortSignal,
): Promise<void> {
  let end = alignmentBytes;
  const placed = [];
  for (const partition of partitions) {
    const bytes = roundUp((await stat(partition.file)).size);
    placed.push({ ...partition, start: end, bytes });
    end += bytes;
  }
  await writeFile(file, '', { flag: 'wx' });
  await truncate(file, end + alignmentBytes);
  const table = [
    'label: gpt',
    `label-id: ${guidBase}A0`,
    ...placed.map(({ start, bytes, type, name, legacyBoot }, index) =>
      [
        `start=${start / sectorBytes}`,
        `size=${bytes / sectorBytes}`,
        `type=${type}`,
        `uuid=${guidBase}A${index + 1}`,
        `name=${name}`,
        ...(legacyBoot ? ['attrs=LegacyBIOSBootable'] : []),
      ].join(', '),
    ),
  ];
  await run('sfdisk', ['--quiet', '--no-tell-kernel', file], { input: table.join('\n'), signal });
  const disk = await open(file, 'r+');
  try {
    await disk.write((await readFile(bootProgramFile)).subarray(0, bootProgramBytes), 0, undefined, 0);
    for (const { file: source, start } of placed) {
      await copyInto(disk, source, start);
      signal.throwIfAborted();
    }
  } finally {
    await disk.close();
  }
}

/** Zeros are not written, so that the disk stays sparse. */
async function copyInto(disk: FileHandle, file: string, at: number): Promise<void> {
  const source = await open(file, 'r');
  try {
    const chunk = Buffer.alloc(alignmentBytes);
    const zeros = Buffer.alloc(alignmentBytes);
    for (let offset = 0; ;) {
      const { bytesRead } = await source.read(chunk, 0, chunk.length, offset);
      if (bytesRead === 0) return;
      const read = chunk.subarray(0, bytesRead);
      if (!read.equals(zeros.subarray(0, bytesRead))) await disk.write(read, 0, bytesRead, at + offset);
      offset += bytesRead;
    }
  } finally {
    await source.close();
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / alignmentBytes) * alignmentBytes;
}
