import { expect, it } from 'vitest';
import { busyMs, cpuLenses } from '../../../../bench/measures/throughput/cpu-lenses.ts';

it('busy is what /proc/stat does not call idle, waiting or stolen', () => {
  expect(busyMs('cpu  1 2 4 1000 2000 8 16 3000 7 7\ncpu0 9 9 9 9\n')).toBe((1 + 2 + 4 + 8 + 16) * 10);
});

it('the lenses are reconciled: instance, engine and unclaimed add up to the machine', () => {
  const lenses = cpuLenses({
    from: { instance: 100, engine: 10, machine: 1000 },
    to: { instance: 600, engine: 60, machine: 2000 },
    durationMs: 1000,
    restShare: 0.1,
    harnessMs: 200,
  });
  expect(lenses).toEqual({ instance: 500, engine: 50, machine: 700, unclaimed: 150 });
});
