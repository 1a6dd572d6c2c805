import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { lookupUser } from '../../../runners/payload/users.ts';
import { temporaryFolder } from './trees.ts';

async function root(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'etc'));
  await writeFile(
    join(folder, 'etc/passwd'),
    'root:x:0:0:root:/root:/bin/sh\ntomcat:x:997:996::/var/lib/tomcat:/bin/false\n996:x:5:6::/:\nbroken\n',
  );
  await writeFile(
    join(folder, 'etc/group'),
    'root:x:0:\ntomcat:x:996:\nadm:x:4:tomcat\nlogs:x:5:www,tomcat\nroots:x:6:root,toms\n',
  );
  return folder;
}

test.each([
  ['root', { uid: 0, gid: 0, groups: [0, 6], home: '/root' }],
  ['tomcat', { uid: 997, gid: 996, groups: [996, 4, 5], home: '/var/lib/tomcat' }],
  ['997', { uid: 997, gid: 996, groups: [996, 4, 5], home: '/var/lib/tomcat' }],
  ['tomcat:', { uid: 997, gid: 996, groups: [996, 4, 5], home: '/var/lib/tomcat' }],
  ['tomcat:adm', { uid: 997, gid: 4, groups: [4], home: '/var/lib/tomcat' }],
  ['997:12', { uid: 997, gid: 12, groups: [12], home: '/var/lib/tomcat' }],
  ['1000:1001', { uid: 1000, gid: 1001, groups: [1001], home: '/' }],
  ['1000', { uid: 1000, gid: 0, groups: [0], home: '/' }],
  ['1000:', { uid: 1000, gid: 0, groups: [0], home: '/' }],
  [':1000', { uid: 0, gid: 1000, groups: [1000], home: '/root' }],
  [':adm', { uid: 0, gid: 4, groups: [4], home: '/root' }],
  ['996:997', { uid: 996, gid: 997, groups: [997], home: '/' }],
  ['5', { uid: 5, gid: 6, groups: [6], home: '/' }],
  [':', { uid: 0, gid: 0, groups: [0, 6], home: '/root' }],
])('the user %s is read as container engines read it', async (user, expected) => {
  expect(await lookupUser(await root(), user)).toEqual(expected);
});

test('a payload without a passwd file knows root and numbers', async () => {
  const folder = await temporaryFolder();
  expect(await lookupUser(folder, 'root:root')).toEqual({ uid: 0, gid: 0, groups: [0], home: '/root' });
  expect(await lookupUser(folder, '12:34')).toEqual({ uid: 12, gid: 34, groups: [34], home: '/' });
});

test('an unknown user and an unknown group are named with what is known', async () => {
  await expect(lookupUser(await root(), 'tomkat')).rejects.toThrow(/no user "tomkat".*root, tomcat/s);
  await expect(lookupUser(await root(), 'tomcat:staff')).rejects.toThrow(/no group "staff"/);
  await expect(lookupUser(await root(), '4294967296')).rejects.toThrow(
    /is not a user or group number.*from 0 to 2147483647/s,
  );
});

test("a passwd file that is a link is looked up inside, not in this machine's /etc", async () => {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'etc'));
  await symlink('/etc/users', join(folder, 'etc/passwd'));
  await writeFile(join(folder, 'etc/users'), 'inside:x:7:8::/home/inside:\n');
  expect(await lookupUser(folder, 'inside')).toEqual({ uid: 7, gid: 8, groups: [8], home: '/home/inside' });
});
