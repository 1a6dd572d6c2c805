/** What a VM weighs on disk and on the wire. */
import { compressDisk, type Disk } from '../../payload/disk/disk.ts';
import type { ImageFigure } from '../../runner.ts';
import type { GuestKitContext } from './guest-kit.ts';

export interface VmImage {
  disk: Disk;
  /** The files on the disk. */
  content: { bytes: number; words: string };
  /** What it needs beside its disk to start; null: nothing. */
  beside: { bytes: number; words: string } | null;
}

export async function imageFigures(
  { disk, content, beside }: VmImage,
  context: GuestKitContext,
): Promise<ImageFigure[]> {
  const compressed = await compressDisk(disk, context);
  const besideBytes = beside?.bytes ?? 0;
  const plus = beside === null ? '' : `, plus ${beside.words}`;
  return [
    ...Object.entries(compressed).map(([compression, bytes]) => ({
      lens: 'transfer',
      bytes: bytes + besideBytes,
      condition: { compression },
      definition: `the disk compressed with ${compression}${plus}${beside === null ? '' : ' as they are'}`,
    })),
    {
      lens: 'unpacked',
      bytes: content.bytes + besideBytes,
      condition: {},
      definition: `the sizes of ${content.words}${plus}`,
    },
    {
      lens: 'virtual',
      bytes: disk.virtualBytes + besideBytes,
      condition: {},
      definition: `the disk as large as the guest sees it${plus}`,
    },
    {
      lens: 'allocated',
      bytes: disk.allocatedBytes + besideBytes,
      condition: {},
      definition: `what the disk occupies on the host (it has holes)${plus}`,
    },
  ];
}
