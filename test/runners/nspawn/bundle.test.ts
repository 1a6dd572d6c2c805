import { expect, it } from 'vitest';
import { bundleConfig } from '../../../runners/nspawn/bundle.ts';
import { nspawnOptions, ownComplaint } from '../../../runners/nspawn/instance.ts';

it('begins as root, with what the start program needs, in the network of the instance', () => {
  const config = bundleConfig({
    hostname: 'box',
    root: '/scratch/merged',
    start: '/.tare-start',
    openFiles: { soft: 1024, hard: 4096 },
    networkNamespace: '/run/netns/one',
  });
  expect(config).toMatchObject({
    root: { path: '/scratch/merged' },
    process: {
      user: { uid: 0, gid: 0 },
      args: ['/.tare-start'],
      rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1024, hard: 4096 }],
      capabilities: { bounding: expect.arrayContaining(['CAP_SYS_ADMIN', 'CAP_CHOWN']) as unknown },
    },
    linux: { namespaces: expect.arrayContaining([{ type: 'network', path: '/run/netns/one' }]) as unknown },
  });
});

it("hands the workload's stop signal over", () => {
  expect(nspawnOptions('nspawn-1', '/bundle', 'SIGQUIT')).toEqual(
    expect.arrayContaining(['--machine=nspawn-1', '--kill-signal=SIGQUIT', '--oci-bundle=/bundle']),
  );
});

it("tells systemd-nspawn's own words from the workload's", () => {
  const own = 'src/nspawn/nspawn.c:3610: execv(/srv/x) failed: Permission denied';
  expect(ownComplaint(['serving', own, 'later'])).toBe('execv(/srv/x) failed: Permission denied');
  expect(ownComplaint(['../src/shared/base.c:7: Out of luck'])).toBe('Out of luck');
  expect(ownComplaint(['Failed to open /etc/motd', 'main.c:12: not ours'])).toBeNull();
});
