import { expect, test } from 'vitest';
import { memoryParts } from '../../../../runners/qemu/vm/memory-parts.ts';

const ram = 128 * 1024 * 1024;

test('mappings are told apart by size, permission and name, and add up', () => {
  const parts = memoryParts(
    [
      { sizeBytes: ram, pssBytes: 90, anonymousBytes: 90, permissions: 'rw-p', name: '' },
      {
        sizeBytes: ram,
        pssBytes: 1,
        anonymousBytes: 0,
        permissions: 'r--p',
        name: '/usr/lib/as-large-as-ram.so',
      },
      { sizeBytes: 64, pssBytes: 30, anonymousBytes: 30, permissions: 'rwxp', name: '' },
      {
        sizeBytes: 64,
        pssBytes: 2,
        anonymousBytes: 0,
        permissions: 'r-xp',
        name: '/usr/bin/qemu-system-x86_64',
      },
      { sizeBytes: 64, pssBytes: 4, anonymousBytes: 0, permissions: 'rw-p', name: '[heap]' },
      { sizeBytes: 64, pssBytes: 8, anonymousBytes: 8, permissions: 'rw-p', name: '' },
    ],
    ram,
  );
  expect(parts).toEqual([
    { part: 'guest-ram', pssBytes: 90 },
    { part: 'vmm', pssBytes: 15 },
    { part: 'tcg-cache', pssBytes: 30 },
  ]);
});

test("a clone's RAM is its own where it has written and the snapshot's elsewhere", () => {
  const name = '/scratch/snapshot/ram';
  const mapping = { sizeBytes: ram, pssBytes: 90, anonymousBytes: 30, permissions: 'rw-p', name };
  expect(memoryParts([mapping], ram)).toEqual([
    { part: 'guest-ram', pssBytes: 30 },
    { part: 'snapshot', pssBytes: 60 },
  ]);
});

test('huge pages are guest RAM, and a translation cache as large as the RAM is none', () => {
  const huge = {
    sizeBytes: ram,
    pssBytes: ram,
    anonymousBytes: 0,
    permissions: 'rw-p',
    name: '/memfd:ram (deleted)',
  };
  const cache = { sizeBytes: ram, pssBytes: 7, anonymousBytes: 7, permissions: 'rwxp', name: '' };
  expect(memoryParts([huge, cache], ram)).toEqual([
    { part: 'guest-ram', pssBytes: ram },
    { part: 'tcg-cache', pssBytes: 7 },
  ]);
});
