import { expect, it } from 'vitest';
import { portabilityFigures, type Moved } from '../../../bench/measures/portability/figures.ts';
import { movesOf } from '../../../bench/measures/portability/portability.ts';
import type { JournalEvent } from '../../../bench/run/journal/journal.ts';

const vmdk = { format: 'vmdk', durationMs: 90, cpuMs: 40, bytes: 4096, isEqual: true };
const event = (moved: Moved[]): JournalEvent => ({
  ...{ type: 'portability', platform: 'vm', at: '2026-01-01T00:00:00.000Z', moved },
});
const told = (moved: Moved[]): unknown[] =>
  portabilityFigures([event(moved)]).map(({ metric, condition, sample }) => [
    metric,
    Object.values(condition).join(' '),
    sample.value,
  ]);

it('every format is booted on virtio, and one on the hardware of other hypervisors as well', () => {
  expect(movesOf(['raw', 'vmdk'])).toEqual([
    { format: 'raw', hardware: 'virtio' },
    { format: 'vmdk', hardware: 'virtio' },
    { format: 'vmdk', hardware: 'sata+e1000e' },
  ]);
});

it('a conversion has its figures once, and each boot its own', () => {
  const moved = [
    { ...vmdk, hardware: 'virtio', readyMs: 300 },
    { ...vmdk, hardware: 'sata+e1000e', readyMs: null },
  ];
  expect(told(moved)).toEqual([
    ['portability.boots', 'vmdk virtio', 1],
    ['portability.ready', 'vmdk virtio', 300],
    ['portability.equal', 'vmdk', 1],
    ['portability.bytes', 'vmdk', 4096],
    ['portability.convert', 'vmdk', 90],
    ['cpu.convert', 'vmdk', 40],
    ['portability.boots', 'vmdk sata+e1000e', 0],
  ]);
});

it('an OCI image has no hardware, and nobody knows the CPU time of its unpacking', () => {
  const oci = { format: 'oci', hardware: null, durationMs: 200, cpuMs: null, bytes: 900, isEqual: false };
  expect(told([{ ...oci, readyMs: 50 }])).toEqual([
    ['portability.boots', 'oci', 1],
    ['portability.ready', 'oci', 50],
    ['portability.equal', 'oci', 0],
    ['portability.bytes', 'oci', 900],
    ['portability.convert', 'oci', 200],
  ]);
});
