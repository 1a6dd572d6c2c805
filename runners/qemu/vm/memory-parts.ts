/** What QEMU's own memory consists of. */
import type { Mapping } from '../../machine/smaps.ts';
import type { MemoryPart } from '../../runner.ts';

/**
 * TCG's cache is the only anonymous memory that is executable; guest RAM is the mapping of exactly its size (a memory
 * backend of its own, see arguments.ts); the rest is the VMM. A clone's RAM is a private mapping of the snapshot's
 * file: pages it has written are its own, the others it shares with all that map them. Parts that do not exist are
 * left out.
 */
export function memoryParts(mappings: readonly Mapping[], guestRamBytes: number): MemoryPart[] {
  const totals = new Map<string, number>();
  for (const { part, pssBytes } of mappings.flatMap((mapping) => partsOf(mapping, guestRamBytes))) {
    totals.set(part, (totals.get(part) ?? 0) + pssBytes);
  }
  return [...totals].map(([part, pssBytes]) => ({ part, pssBytes }));
}

function partsOf(
  { name, sizeBytes, pssBytes, anonymousBytes, permissions }: Mapping,
  ram: number,
): MemoryPart[] {
  const isAnonymous = name === '';
  if (isAnonymous && permissions.includes('x')) return [{ part: 'tcg-cache', pssBytes }];
  if (sizeBytes !== ram || !permissions.includes('w')) return [{ part: 'vmm', pssBytes }];
  if (isAnonymous || name.startsWith('/memfd:') || name.startsWith('/anon_hugepage')) {
    return [{ part: 'guest-ram', pssBytes }];
  }
  return [
    { part: 'guest-ram', pssBytes: anonymousBytes },
    { part: 'snapshot', pssBytes: pssBytes - anonymousBytes },
  ];
}
