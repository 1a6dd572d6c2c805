/** An emulated machine without KVM is a fake: this one may have either, both or none. */
import { expect, it } from 'vitest';
import { probe } from '../../../runners/qemu/fitness.ts';
import type { Fitness, ProbeContext } from '../../../runners/runner.ts';
import { tcgOptions } from '../../support/platforms/vm-stage.ts';
import { silentLog } from '../machine/local-run.ts';

interface Machine {
  isEmulated: boolean;
  hasKvm: boolean;
}

function fitness(accel: 'auto' | 'tcg', { isEmulated, hasKvm }: Machine): Promise<Fitness> {
  const context: ProbeContext = { signal: new AbortController().signal, log: silentLog, cache: '/nowhere' };
  return probe({ ...tcgOptions, accel }, context, {
    isEmulatedHost: () => isEmulated,
    qemuVersion: () => Promise.resolve('7.2.0'),
    probeKvm: () => Promise.resolve({ usable: hasKvm, reason: 'it is said so' }),
  });
}

it('a VM is not emulated on a machine that is emulated itself, unless it is asked for', async () => {
  const emulated = { isEmulated: true, hasKvm: false };
  expect(await fitness('auto', emulated)).toMatchObject({
    usable: false,
    reason: expect.stringMatching(/emulated itself.*KVM is not usable: it is said so/) as string,
    remedy: expect.stringContaining('accel: tcg') as string,
  });
  expect(await fitness('tcg', emulated)).toMatchObject({ usable: true, accel: 'tcg' });
});

it('a VM runs there where KVM does, and is emulated on any other machine', async () => {
  expect(await fitness('auto', { isEmulated: true, hasKvm: true })).toMatchObject({
    usable: true,
    accel: 'kvm',
  });
  expect(await fitness('auto', { isEmulated: false, hasKvm: false })).toMatchObject({
    usable: true,
    accel: 'tcg',
  });
});
