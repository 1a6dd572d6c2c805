import { describe, expect, it } from 'vitest';
import { addressInside } from '../../../runners/rootless/forwarder.ts';
import { remedyFor } from '../../../runners/rootless/fitness.ts';
import { preferencesOf } from '../../../runners/rootless/podman-runner.ts';
import { findUser, ownUser, parseRanges, userLines } from '../../../runners/rootless/user.ts';

describe("the run's own user", () => {
  it('has ids that are nobody else’s, enough for every user of an image', async () => {
    const { uid, gid, subordinate, isOwn } = await ownUser('0f3a61');
    expect(isOwn).toBe(true);
    expect(gid).toBe(uid);
    expect(uid).toBeGreaterThanOrEqual(60_706);
    expect(uid).toBeLessThan(61_184);
    expect(subordinate.uids.count).toBe(65_536);
    expect(subordinate.uids.first).toBeGreaterThanOrEqual(1_879_048_192);
    expect(subordinate.uids.first + subordinate.uids.count).toBeLessThanOrEqual(2 ** 31);
    expect(subordinate.gids).toEqual(subordinate.uids);
  });

  it('is the same for a run whenever it is asked for, and another one for another run', async () => {
    const [one, again, other] = [await ownUser('000001'), await ownUser('000001'), await ownUser('000002')];
    expect(again).toEqual(one);
    expect(other.uid).not.toBe(one.uid);
    expect(other.subordinate.uids.first).not.toBe(one.subordinate.uids.first);
  });

  it('is made known by a line in each of the files that programs read', async () => {
    const user = await ownUser('000003');
    const { uid, subordinate } = user;
    expect(userLines(user)).toEqual({
      passwd: `tare-rootless:x:${uid}:${uid}:Tare:/nonexistent:/usr/sbin/nologin`,
      group: `tare-rootless:x:${uid}:`,
      subuid: `tare-rootless:${subordinate.uids.first}:65536`,
      subgid: `tare-rootless:${subordinate.gids.first}:65536`,
    });
  });
});

describe('a user of the machine', () => {
  it('is refused in words when there is none of that name, or when it is root', async () => {
    expect(await findUser('nobody-of-that-name', '000001')).toMatchObject({
      reason: 'this machine has no user nobody-of-that-name',
    });
    expect(await findUser('root', '000001')).toMatchObject({
      reason: expect.stringContaining('is root') as string,
    });
  });

  it('is refused without subordinate ids, with the command that gives it some', async () => {
    expect(await findUser('daemon', '000001')).toMatchObject({
      reason: 'daemon has no 65535 subordinate ids in /etc/subuid',
      remedy: 'usermod --add-subuids 100000-165535 --add-subgids 100000-165535 daemon',
    });
  });

  it('has its rows read from subuid(5), whatever else is in the file', () => {
    expect(parseRanges('# a comment\nalice:100000:65536\n\n1000:165536:10\nbroken:x:1\n')).toEqual([
      { owner: 'alice', range: { first: 100_000, count: 65_536 } },
      { owner: '1000', range: { first: 165_536, count: 10 } },
    ]);
  });
});

it('names the setting that forbids namespaces to ordinary users, and all of them where there are several', () => {
  const none = { 'user.max_user_namespaces': '96364', 'kernel.unprivileged_userns_clone': null };
  expect(remedyFor(none)).toContain('allow user namespaces');
  expect(remedyFor({ ...none, 'user.max_user_namespaces': '0' })).toBe(
    'sysctl -w user.max_user_namespaces=15000',
  );
  expect(
    remedyFor({
      'kernel.unprivileged_userns_clone': '0',
      'kernel.apparmor_restrict_unprivileged_userns': '1',
    }),
  ).toBe(
    'sysctl -w kernel.unprivileged_userns_clone=1; sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  );
});

it('takes what carries packets as that version of podman would', () => {
  expect(preferencesOf('podman 3.4.4')).toEqual(['slirp4netns']);
  expect(preferencesOf('podman 4.3.1')).toEqual(['slirp4netns']);
  expect(preferencesOf('podman 4.9.3')).toEqual(['slirp4netns', 'pasta']);
  expect(preferencesOf('podman 5.4.2')).toEqual(['pasta', 'slirp4netns']);
});

it('knows under which address the workload sees itself', () => {
  expect(addressInside({ name: 'pasta', program: '/usr/bin/pasta' }, '10.87.0.2')).toBe('10.87.0.2');
  expect(addressInside({ name: 'slirp4netns', program: '/usr/bin/slirp4netns' }, '10.87.0.2')).toBe(
    '10.0.2.100',
  );
});
