/** A disk of the lab's: read-only by agreement, and usable as memory, too. */
import { stat, truncate } from 'node:fs/promises';
import { makeExt4 } from '../payload/disk/ext4.ts';

/** By which the lab finds them: itself, Node with this build of Tare, and what of the cache a run is given. */
export const labDisks = {
  system: '7a7e0000-7461-4e72-8000-00000000000a',
  tools: '7a7e0000-7461-4e72-8000-00000000000b',
  given: '7a7e0000-7461-4e72-8000-00000000000c',
} as const;
export type LabDiskRole = keyof typeof labDisks;
/** Raised when another way of making them must not meet old cache entries. */
export const labDiskVersion = 3;
/** Linux takes persistent memory in whole sections (https://docs.kernel.org/mm/memory-model.html). */
const sectionBytes = 128 * 2 ** 20;

/** Makes the sparse `file`, which must not exist. Throws a CommandError when a program fails. */
export async function makeLabDisk(
  role: LabDiskRole,
  root: string,
  file: string,
  signal: AbortSignal,
  leastSpareBytes?: number,
): Promise<void> {
  await makeExt4(root, file, labDisks[role], signal, leastSpareBytes);
  const { size } = await stat(file);
  await truncate(file, Math.ceil(size / sectionBytes) * sectionBytes);
}
