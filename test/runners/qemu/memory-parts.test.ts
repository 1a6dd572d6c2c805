import { expect, test } from 'vitest';
import { memoryParts } from '../../../runners/qemu/memory-parts.ts';

const ram = 128 * 1024 * 1024;

test('mappings are told apart by size, permission and name, and add up', () => {
  const parts = memoryParts(
    [
      { sizeBytes: ram, pssBytes: 90, permissions: 'rw-p', name: '' },
      { sizeBytes: ram, pssBytes: 1, permissions: 'r--p', name: '/usr/lib/as-large-as-ram.so' },
      { sizeBytes: 64, pssBytes: 30, permissions: 'rwxp', name: '' },
      { sizeBytes: 64, pssBytes: 2, permissions: 'r-xp', name: '/usr/bin/qemu-system-x86_64' },
      { sizeBytes: 64, pssBytes: 4, permissions: 'rw-p', name: '[heap]' },
      { sizeBytes: 64, pssBytes: 8, permissions: 'rw-p', name: '' },
    ],
    ram,
  );
  expect(parts).toEqual([
    { part: 'guest-ram', pssBytes: 90 },
    { part: 'vmm', pssBytes: 15 },
    { part: 'tcg-cache', pssBytes: 30 },
  ]);
});
