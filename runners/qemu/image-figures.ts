/** What a VM weighs on disk and on the wire: the payload's disk with the kernel and initrd it needs to start. */
import { compressDisk, type Disk } from '../images/disk.ts';
import type { Payload } from '../images/payload.ts';
import type { ImageFigure } from '../runner.ts';
import type { GuestKit, GuestKitContext } from './guest-kit.ts';

export async function imageFigures(
  payload: Payload,
  disk: Disk,
  kit: GuestKit,
  context: GuestKitContext,
): Promise<ImageFigure[]> {
  const compressed = await compressDisk(disk, context);
  const boot = kit.kernelBytes + kit.initrdBytes;
  return [
    ...Object.entries(compressed).map(([compression, bytes]) => ({
      lens: 'transfer',
      bytes: bytes + boot,
      condition: { compression },
      definition: `the disk compressed with ${compression}, plus the kernel and the initrd as they are`,
    })),
    {
      lens: 'unpacked',
      bytes: payload.bytes + boot,
      condition: {},
      definition: "the sizes of the payload's files, plus the kernel and the initrd",
    },
    {
      lens: 'virtual',
      bytes: disk.virtualBytes + boot,
      condition: {},
      definition: 'the disk as large as the guest sees it, plus the kernel and the initrd',
    },
    {
      lens: 'allocated',
      bytes: disk.allocatedBytes + boot,
      condition: {},
      definition: 'what the disk occupies on the host (it has holes), plus the kernel and the initrd',
    },
  ];
}
