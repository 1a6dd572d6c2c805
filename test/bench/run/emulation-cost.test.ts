import { expect, it } from 'vitest';
import { costOfEmulation } from '../../../bench/run/emulation-cost.ts';
import { applyOverrides } from '../../../scenarios/loader/overrides.ts';
import { loadScenario } from '../../../scenarios/loader/load.ts';

const asked = (platforms: string[], accel: 'tcg' | null = null) =>
  applyOverrides(loadScenario('tomcat', { cwd: '/' }), { platforms, measures: [], samples: 10, accel });

it('says what VMs cost without KVM, and how to leave them out', () => {
  expect(costOfEmulation(asked(['process', 'runc', 'vm']), 1)).toMatch(
    /^no usable KVM here: vm will be emulated, which takes about \d+ of \d+ minutes \(a guess\); without: --platform process,runc$/,
  );
});

it('counts every kind of virtual machine, with its tenfold start', () => {
  const text = costOfEmulation(asked(['process', 'vm', 'libvirt']), 1);
  const [, guests, all] = /about (\d+) of (\d+) minutes/.exec(text ?? '') ?? [];
  expect(text).toMatch(/^no usable KVM here: vm, libvirt will be emulated/);
  expect(Number(guests) / Number(all)).toBeGreaterThan(0.8);
});

it.each([
  { platforms: ['process', 'runc'], accel: null, why: 'nothing is emulated' },
  { platforms: ['vm'], accel: null, why: 'nothing else is left' },
  { platforms: ['process', 'vm'], accel: 'tcg' as const, why: 'it was asked for' },
])('of $platforms with accel $accel it says nothing: $why', ({ platforms, accel }) => {
  expect(costOfEmulation(asked(platforms, accel), 1)).toBeNull();
});
