/** What the kernel's log tells of a cgroup. */
import { run } from './command.ts';

/** Whether the kernel says that it killed a process in this cgroup or below for memory. False where it cannot be read. */
export async function loggedOutOfMemory(cgroupPath: string): Promise<boolean> {
  const log = await run('dmesg', []).catch(() => null);
  return log !== null && namesOutOfMemory(log.stdout, cgroupPath);
}

/** A line such as `oom-kill:constraint=CONSTRAINT_MEMCG,…,oom_memcg=/a/b,task_memcg=/a/b/c,task=java,pid=7,uid=0`. */
export function namesOutOfMemory(log: string, cgroupPath: string): boolean {
  return [...log.matchAll(/oom-kill:.*\btask_memcg=([^,]*)/g)].some(
    ([, path]) => path === cgroupPath || path?.startsWith(`${cgroupPath}/`),
  );
}
