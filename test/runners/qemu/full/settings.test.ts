import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { box } from '../../../fixtures/launch.ts';
import { run } from '../../../../runners/machine/command.ts';
import { settingsArchive, type FullLaunch } from '../../../../runners/qemu/full/settings.ts';

const launch: FullLaunch = {
  hardware: 'virtio',
  address: '10.87.0.2',
  prefixLength: 16,
  outputEnd: 'end',
  uid: 33,
  gid: 44,
  groups: [44],
  box,
  workdir: "/srv/it's",
  command: ['/bin/program', '$(id)', '%n'],
  environment: { NAME: 'a b' },
  stopSignal: 'SIGQUIT',
};

/** A file of the archive, as the guest's cpio unpacks it. */
async function unpacked(changed: FullLaunch, name: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-settings-'));
  try {
    const archive = join(folder, 'archive');
    await writeFile(archive, settingsArchive(changed));
    await run('cpio', ['--extract', '--quiet', '--file', archive], { cwd: folder });
    return await readFile(join(folder, name), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

test('the size of /dev/shm is the launch’s', async () => {
  expect(await unpacked(launch, 'fstab')).toMatch(/^shm \S+\/dev\/shm tmpfs \S*size=67108864$/m);
});

test('the service gets the stop signal, its main process alone', async () => {
  const service = await unpacked(launch, 'payload.service');
  expect(service).toContain('KillSignal=SIGQUIT\n');
  expect(service).toContain('KillMode=mixed\n');
});

test('address and name are those of the instance', async () => {
  expect(await unpacked(launch, 'payload.network')).toContain('Address=10.87.0.2/16\n');
  expect(await unpacked(launch, 'settings')).toBe("hostname='box'\naddress='10.87.0.2'\noutput_end=end\n");
});
