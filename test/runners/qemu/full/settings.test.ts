import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { run } from '../../../../runners/machine/command.ts';
import { settingsArchive, type FullLaunch } from '../../../../runners/qemu/full/settings.ts';

const launch: FullLaunch = {
  hostname: 'vm-1',
  address: '10.87.0.2',
  prefixLength: 16,
  uid: 33,
  gid: 44,
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

test('the workload replaces the shell: in its root and folder, as its user, with its environment alone', async () => {
  const script = await unpacked(launch, 'run');
  expect(script.trim().split('\n').at(-1)).toBe(
    "exec /usr/bin/env -i 'NAME=a b' /usr/bin/unshare --root=/srv/payload --wd='/srv/it'\\''s' --setgid=44 --setuid=33 -- '/bin/program' '$(id)' '%n' </dev/null",
  );
});

test('root keeps its rights', async () => {
  expect(await unpacked({ ...launch, uid: 0, gid: 0 }, 'run')).not.toMatch(/--setuid|--setgid/);
});

test('the service gets the stop signal, its main process alone', async () => {
  const service = await unpacked(launch, 'payload.service');
  expect(service).toContain('KillSignal=SIGQUIT\n');
  expect(service).toContain('KillMode=mixed\n');
});

test('address and name are those of the instance', async () => {
  expect(await unpacked(launch, 'payload.network')).toContain('Address=10.87.0.2/16\n');
  expect(await unpacked(launch, 'hostname')).toBe('vm-1\n');
});
