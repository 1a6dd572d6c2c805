import { open } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPrivileges } from '../../../../runners/machine/kernel/privileges.ts';

test('this process shares every namespace with itself, and holds the device that it opened', async () => {
  const device = await open('/dev/fuse', 'r').catch(() => null);
  const own = await readPrivileges(process.pid);
  await device?.close();
  expect(own?.namespaces).toEqual([]);
  expect(own?.devices.filter((path) => path === '/dev/fuse')).toEqual(device ? ['/dev/fuse'] : []);
});

test('a process that has ended is null', async () => {
  expect(await readPrivileges(2 ** 22 + 1)).toBeNull();
});

test('counts capabilities and tells namespaces, filter and devices of others', async () => {
  const proc = await mkdtemp(join(tmpdir(), 'tare-proc-'));
  const make = async (pid: number, status: string, net: string, links: string[]): Promise<void> => {
    await mkdir(join(proc, String(pid), 'ns'), { recursive: true });
    await mkdir(join(proc, String(pid), 'fd'));
    await writeFile(join(proc, String(pid), 'status'), status);
    await symlink(net, join(proc, String(pid), 'ns', 'net'));
    await symlink('pid:[1]', join(proc, String(pid), 'ns', 'pid'));
    await symlink(net, join(proc, String(pid), 'ns', 'net_for_children'));
    for (const [fd, to] of links.entries()) await symlink(to, join(proc, String(pid), 'fd', String(fd)));
  };
  try {
    await make(1, 'Name:\ta\n', 'net:[1]', []);
    const boxed = 'Name:\tb\nCapEff:\t00000000a80425fb\nNoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n';
    await make(2, boxed, 'net:[2]', ['/dev/kvm', '/dev/null', 'socket:[7]', '/dev/kvm', '/dev/pts/3']);
    expect(await readPrivileges(2, 1, proc)).toEqual({
      capabilities: 14,
      namespaces: ['net'],
      noNewPrivileges: true,
      isFiltered: true,
      devices: ['/dev/kvm'],
    });
  } finally {
    await rm(proc, { recursive: true });
  }
});
