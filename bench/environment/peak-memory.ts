/** What this program itself has taken. */
import { readFileSync } from 'node:fs';

/**
 * Most memory that this process has had resident since it began, bytes. Not the kernel's `ru_maxrss`: a process inherits
 * that from the one that started it, and so reports a large parent's peak as its own (`exec_mmap` in fs/exec.c).
 */
export function peakRssBytes(): number {
  const [, kibibytes] = /^VmHWM:\s*(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? [];
  if (kibibytes === undefined) throw new Error('/proc/self/status does not tell VmHWM');
  return Number(kibibytes) * 1024;
}
