/** What the kernel's log tells of a cgroup. */
import { run } from '../command.ts';

/** One process that the kernel killed for memory. */
export interface OutOfMemoryKill {
  /** The cgroup whose limit was reached; empty: the whole machine had none left. */
  limitOf: string;
  /** The cgroup of the process that was killed. */
  victim: string;
  pid: number;
  /** The kernel's own lines on it. */
  lines: string[];
}

/** Whether the kernel says that it killed a process in this cgroup or below for memory. False where it cannot be read. */
export async function loggedOutOfMemory(cgroupPath: string): Promise<boolean> {
  return (await outOfMemoryKills(cgroupPath)).length > 0;
}

/** What the kernel killed for memory in this cgroup and below, in its order. Empty where the log cannot be read. */
export async function outOfMemoryKills(cgroupPath: string): Promise<OutOfMemoryKill[]> {
  const log = await run('dmesg', []).catch(() => null);
  return log === null ? [] : killsIn(log.stdout, cgroupPath);
}

/**
 * Looks for pairs of lines such as
 * `oom-kill:constraint=CONSTRAINT_MEMCG,…,oom_memcg=/a/b,task_memcg=/a/b/c,task=java,pid=7,uid=0` and
 * `Memory cgroup out of memory: Killed process 7 (java) …`.
 */
export function killsIn(log: string, cgroupPath: string): OutOfMemoryKill[] {
  const lines = log.split('\n');
  return lines.flatMap((line, index) => {
    const victim = relativeTo(/oom-kill:.*\btask_memcg=([^,]*)/.exec(line)?.[1] ?? '', cgroupPath);
    if (victim === null) return [];
    const pid = Number(/\bpid=(\d+)/.exec(line)?.[1] ?? Number.NaN);
    const killed = lines
      .slice(index + 1, index + 4)
      .filter((next) => new RegExp(`Killed process ${pid}\\b`).test(next));
    const limited = /\boom_memcg=([^,]*)/.exec(line)?.[1] ?? '';
    const limitOf = relativeTo(limited, cgroupPath) ?? limited;
    return [{ limitOf, victim, pid, lines: [line, ...killed] }];
  });
}

/**
 * A cgroup as this process names it, from the kernel's log, which names it from the root of all: in a cgroup namespace, as
 * most containers have, there is more before it. Null where it is not the given one, nor below.
 */
function relativeTo(logged: string, cgroupPath: string): string | null {
  const at = `${logged}/`.indexOf(`${cgroupPath}/`);
  return at === -1 ? null : logged.slice(at);
}
