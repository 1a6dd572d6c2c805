import { access } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Cgroup } from './cgroup.ts';

/** Whether the kernel accounts swap (v1 in one figure with memory, v2 apart). */
export async function limitsSwap(cgroup: Cgroup): Promise<boolean> {
  const files = cgroup.joinFiles().flatMap((file) => {
    const folder = dirname(file);
    return [join(folder, 'memory.memsw.limit_in_bytes'), join(folder, 'memory.swap.max')];
  });
  const found = await Promise.allSettled(files.map((file) => access(file)));
  return found.some(({ status }) => status === 'fulfilled');
}
