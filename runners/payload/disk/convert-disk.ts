/** A VM's disk in another format. */
import type { Cgroup } from '../../machine/cgroup/cgroup.ts';
import { monotonicMs } from '../../machine/clock.ts';
import { run } from '../../machine/command.ts';
import { createLauncher } from '../../shared/launch.ts';
import { allocatedBytes } from './disk.ts';

export interface ConvertedDisk {
  durationMs: number;
  cpuMs: number;
  /** Blocks that it takes on this machine. */
  bytes: number;
  /** Whether it has the same content. */
  isEqual: boolean;
}

interface DiskFile {
  file: string;
  format: string;
}

/** @param cgroup of its own, by which its CPU time is known */
export async function convertDisk(
  from: DiskFile,
  to: DiskFile,
  { cgroup, signal }: { cgroup: Cgroup; signal: AbortSignal },
): Promise<ConvertedDisk> {
  const launcher = await createLauncher(cgroup.joinFiles());
  const convert = ['qemu-img', 'convert', '-f', from.format, '-O', to.format, from.file, to.file];
  const [cpuBefore, beganAt] = [await cgroup.cpuTimeMs(), monotonicMs()];
  await run(launcher.program, [...launcher.args, ...convert], { signal });
  const durationMs = monotonicMs() - beganAt;
  const cpuMs = (await cgroup.cpuTimeMs()) - cpuBefore;
  const compare = ['compare', '-q', '-f', from.format, '-F', to.format, from.file, to.file];
  // 1: they differ.
  const { code } = await run('qemu-img', compare, { signal, accept: [0, 1] });
  return { durationMs, cpuMs, bytes: await allocatedBytes(to.file), isEqual: code === 0 };
}
