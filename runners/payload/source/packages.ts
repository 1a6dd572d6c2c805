/** Which packages a payload was made of. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

export interface InstalledPackage {
  name: string;
  version: string;
}

/**
 * From dpkg's status file; where nothing was configured (variant `extract`) that is empty, and the names of the
 * downloaded packages tell. To be read before the tree is normalised. Sorted by name.
 */
export async function readPackages(root: string): Promise<InstalledPackage[]> {
  const status = await readFile(join(root, 'var/lib/dpkg/status'), 'utf8').catch(() => '');
  const installed = parseStatus(status);
  const packages = installed.length > 0 ? installed : await downloaded(root);
  return packages.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

function parseStatus(status: string): InstalledPackage[] {
  return status.split('\n\n').flatMap((paragraph) => {
    const name = /^Package: (.+)$/m.exec(paragraph)?.[1];
    const version = /^Version: (.+)$/m.exec(paragraph)?.[1];
    const isInstalled = /^Status: .* installed$/m.test(paragraph);
    return name !== undefined && version !== undefined && isInstalled ? [{ name, version }] : [];
  });
}

/** apt names its files `name_version_architecture.deb`, with `:` in the version as `%3a`. */
async function downloaded(root: string): Promise<InstalledPackage[]> {
  const names = await readdir(join(root, 'var/cache/apt/archives')).catch(() => []);
  return names
    .filter((name) => name.endsWith('.deb'))
    .map((file) => {
      const [name = '', version = ''] = file.split('_');
      return { name, version: version.replaceAll('%3a', ':') };
    });
}
