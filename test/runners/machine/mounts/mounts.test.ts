import { expect, it } from 'vitest';
import { parseMountinfo } from '../../../../runners/machine/mounts/mounts.ts';

it('reads paths with blanks, optional fields and super options', () => {
  const text = [
    '36 35 98:0 /mnt1 /mnt/a\\040b rw,noatime master:1 propagate_from:2 - ext3 /dev/root rw,errors=continue',
    '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw,relatime - cgroup cgroup rw,cpu,cpuacct',
    '',
  ].join('\n');
  expect(parseMountinfo(text)).toEqual([
    { path: '/mnt/a b', root: '/mnt1', type: 'ext3', superOptions: ['rw', 'errors=continue'] },
    { path: '/sys/fs/cgroup/cpu,cpuacct', root: '/', type: 'cgroup', superOptions: ['rw', 'cpu', 'cpuacct'] },
  ]);
});
