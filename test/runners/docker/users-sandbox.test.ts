import { describe, expect, it } from 'vitest';
import { isUsersSandbox, whyNoUsersSandbox } from '../../../runners/docker/users-sandbox.ts';

it.each([
  ['runsc', { path: '/usr/bin/runsc' }, true],
  ['sandbox', { path: '/usr/local/bin/runsc-20240101', runtimeArgs: ['--platform=kvm'] }, true],
  ['gvisor', { runtimeType: 'io.containerd.runsc.v1' }, true],
  ['runsc-kvm', { path: '/opt/wrapper' }, true],
  ['runc', { path: 'runc' }, false],
  ['kata', { runtimeType: 'io.containerd.kata.v2' }, false],
  ['crun', { path: '/home/runsc/bin/crun' }, false],
])('the user’s runtime %s of %o is gVisor’s: %s', (name, known, is) => {
  expect(isUsersSandbox(name, known)).toBe(is);
});

describe('gVisor below an engine of the user’s', () => {
  const own = { remedy: expect.stringContaining('engine: own') as string };

  it('cannot be given options', async () => {
    const known = { path: '/usr/bin/runsc', runtimeArgs: ['--network=host'] };
    expect(await whyNoUsersSandbox(known, { platform: 'ptrace' })).toMatchObject(own);
    expect(await whyNoUsersSandbox(known, { network: 'host' })).toMatchObject(own);
  });

  it('needs no network stack of its own to start anywhere', async () => {
    const known = { path: '/usr/bin/runsc', runtimeArgs: ['--debug', '--network=host'] };
    expect(await whyNoUsersSandbox(known, {})).toBeNull();
  });
});
