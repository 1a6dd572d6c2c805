import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readPackages } from '../../../../runners/payload/source/packages.ts';
import { temporaryFolder } from '../trees.ts';

const status = `Package: tomcat10
Status: install ok installed
Version: 10.1.6-1+deb12u2
Description: Servlet
 Version: of nothing

Package: gone
Status: deinstall ok config-files
Version: 1.0

Package: adduser
Status: install ok installed
Version: 3.134
`;

async function root(): Promise<string> {
  const folder = await temporaryFolder();
  await mkdir(join(folder, 'var/lib/dpkg'), { recursive: true });
  await mkdir(join(folder, 'var/cache/apt/archives/partial'), { recursive: true });
  await writeFile(join(folder, 'var/lib/dpkg/status'), '');
  await writeFile(join(folder, 'var/cache/apt/archives/busybox-static_1%3a1.35.0-4+b3_amd64.deb'), '');
  await writeFile(join(folder, 'var/cache/apt/archives/lock'), '');
  return folder;
}

test('installed packages come from the status file', async () => {
  const folder = await root();
  await writeFile(join(folder, 'var/lib/dpkg/status'), status);
  expect(await readPackages(folder)).toEqual([
    { name: 'adduser', version: '3.134' },
    { name: 'tomcat10', version: '10.1.6-1+deb12u2' },
  ]);
});

test('where nothing was configured, from the names of what was downloaded', async () => {
  expect(await readPackages(await root())).toEqual([{ name: 'busybox-static', version: '1:1.35.0-4+b3' }]);
});
