import { expect, it } from 'vitest';
import { bundleConfig } from '../../../runners/nspawn/bundle.ts';
import { nspawnOptions, ownComplaint } from '../../../runners/nspawn/instance.ts';
import { defaultPath } from '../../../runners/shared/payload-launch.ts';
import { launch, launchUser } from '../../fixtures/launch.ts';

it('says user, folder, environment and network by number and by path', () => {
  const config = bundleConfig({
    hostname: 'nspawn-1',
    root: '/scratch/merged',
    launch,
    user: launchUser,
    openFiles: { soft: 1024, hard: 4096 },
    networkNamespace: '/run/netns/one',
    seccomp: null,
  });
  expect(config).toMatchObject({
    root: { path: '/scratch/merged' },
    process: {
      user: { uid: 4711, gid: 4712 },
      args: ['/bin/server', '--port=8080'],
      env: [`PATH=${defaultPath}`, 'HOSTNAME=box', 'HOME=/home/www', 'GREETING=two  words '],
      cwd: '/srv/my data',
      rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1024, hard: 4096 }],
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
