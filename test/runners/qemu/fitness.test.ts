/** An emulated machine without KVM is a fake: this one may have either, both or none. */
import { beforeEach, expect, it, vi } from 'vitest';
import { probe } from '../../../runners/qemu/fitness.ts';
import type { Fitness, ProbeContext } from '../../../runners/runner.ts';
import { tcgOptions } from '../../support/platforms/vm-stage.ts';
import { silentLog } from '../machine/local-run.ts';

const machine = vi.hoisted(() => ({ isEmulated: true, hasKvm: false }));
vi.mock('../../../runners/qemu/emulated.ts', () => ({ isEmulatedHost: () => machine.isEmulated }));
vi.mock('../../../runners/qemu/probe.ts', () => ({
  qemuVersion: () => Promise.resolve('7.2.0'),
  probeKvm: () => Promise.resolve({ usable: machine.hasKvm, reason: 'it is said so' }),
}));

beforeEach(() => {
  Object.assign(machine, { isEmulated: true, hasKvm: false });
});

function fitness(accel: 'auto' | 'tcg'): Promise<Fitness> {
  const context: ProbeContext = { signal: new AbortController().signal, log: silentLog, cache: '/nowhere' };
  return probe({ ...tcgOptions, accel }, context);
}

it('a VM is not emulated on a machine that is emulated itself, unless it is asked for', async () => {
  expect(await fitness('auto')).toMatchObject({
    usable: false,
    reason: expect.stringMatching(/emulated itself.*KVM is not usable: it is said so/) as string,
    remedy: expect.stringContaining('accel: tcg') as string,
  });
  expect(await fitness('tcg')).toMatchObject({ usable: true, accel: 'tcg' });
});

it('a VM runs there where KVM does, and is emulated on any other machine', async () => {
  machine.hasKvm = true;
  expect(await fitness('auto')).toMatchObject({ usable: true, accel: 'kvm' });
  Object.assign(machine, { isEmulated: false, hasKvm: false });
  expect(await fitness('auto')).toMatchObject({ usable: true, accel: 'tcg' });
});
