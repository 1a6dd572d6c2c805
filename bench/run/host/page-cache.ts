/** The kernel's page cache, as a condition of a measurement. */
import { writeFile } from 'node:fs/promises';
import { run } from '../../../runners/machine/command.ts';

/** Clean pages, dentries and inodes go; dirty pages are written first. */
export async function dropPageCache(): Promise<void> {
  await run('sync', []);
  await writeFile('/proc/sys/vm/drop_caches', '3');
}
