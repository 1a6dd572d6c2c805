/** What QEMU's own memory consists of. */
import type { Mapping } from '../host/smaps.ts';
import type { MemoryPart } from '../runner.ts';

/**
 * Guest RAM is the anonymous mapping of exactly its size (a memory backend of its own, see arguments.ts); TCG's cache
 * is the only anonymous memory that is executable; the rest is the VMM. Parts that do not exist are left out.
 */
export function memoryParts(mappings: readonly Mapping[], guestRamBytes: number): MemoryPart[] {
  const totals = new Map<string, number>();
  for (const mapping of mappings) {
    const part = partOf(mapping, guestRamBytes);
    totals.set(part, (totals.get(part) ?? 0) + mapping.pssBytes);
  }
  return [...totals].map(([part, pssBytes]) => ({ part, pssBytes }));
}

function partOf({ name, sizeBytes, permissions }: Mapping, guestRamBytes: number): string {
  if (name !== '') return 'vmm';
  if (sizeBytes === guestRamBytes) return 'guest-ram';
  return permissions.includes('x') ? 'tcg-cache' : 'vmm';
}
