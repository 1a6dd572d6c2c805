/** Faults of a workload on this machine's own kernel, brought about from outside of its box. */
import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Fault } from '../kinds.ts';
import { holderOf } from '../machine/cgroup/cgroup-files.ts';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { monotonicMs } from '../machine/clock.ts';
import { start } from '../machine/command.ts';
import { readProcessStat } from '../machine/process-stat.ts';
import { requireProgram } from '../machine/programs.ts';
import { signalProcess } from '../machine/signal-process.ts';
import type { BroughtFault } from '../runner.ts';
import { createLauncher } from './launch.ts';
import { findMainProcess, type MainProcess } from './main-process.ts';

interface Target {
  main: MainProcess;
  /** Of the timed command. */
  commandPid: number;
  workload: Cgroup;
}

/** What a workload that is started as `main` can suffer: a bare process has no box, and only a guest has a kernel of its own. */
export function faultsOf(main: MainProcess): readonly Fault[] {
  return main === 'command' ? ['kill', 'oom', 'hang'] : ['kill', 'oom', 'box', 'hang'];
}

/** @throws Error when the workload is gone already, or does not suffer it */
export async function bringFault(fault: Fault, target: Target): Promise<BroughtFault> {
  const { main, commandPid, workload } = target;
  const pid = await findMainProcess(main, commandPid, workload);
  if (pid === null) throw new Error('its main process is gone already');
  const isDown = async (): Promise<boolean> => !(await isRunning(pid));
  switch (fault) {
    case 'kill': {
      const at = monotonicMs();
      signalProcess(pid, 'SIGKILL');
      await endRest(target);
      return { at, isDown };
    }
    case 'oom': {
      const at = await exhaustMemory(pid, workload);
      await endRest(target);
      return { at, isDown };
    }
    case 'hang': {
      const at = monotonicMs();
      for (const each of await workload.processes()) signalProcess(each, 'SIGSTOP');
      return { at, isDown: () => Promise.resolve(true) };
    }
    case 'box': {
      const parent = (await readProcessStat(pid))?.parent ?? 0;
      if (main === 'command' || parent <= 1) throw new Error('nothing that could be killed stands around it');
      const at = monotonicMs();
      signalProcess(parent, 'SIGKILL');
      return { at, isDown };
    }
    case 'panic':
      throw new Error('it has no kernel of its own that could panic');
  }
}

/** In a container everything ends with process 1; what a bare process has started would go on without it. */
async function endRest({ main, workload }: Target): Promise<void> {
  if (main === 'command') await workload.kill();
}

async function isRunning(pid: number): Promise<boolean> {
  const stat = await readProcessStat(pid);
  return stat !== null && !['Z', 'X', 'x'].includes(stat.state);
}

const exhaustionMs = 30_000;
const endMs = 2000;
/** Eight processes: one alone, with the pages of its program, would be larger in the kernel's eyes than any other can be. */
const hogProgram = 'fork for 1 .. 3; my $x = ""; $x .= "x" x (1 << 16) while 1';

/**
 * Programs of ours join the cgroup that has the workload's memory limit and take memory until the kernel kills for it;
 * the workload's main process is made the first that the kernel chooses.
 *
 * @returns when the main process was found dead
 */
async function exhaustMemory(pid: number, workload: Cgroup): Promise<number> {
  const folders = await Promise.all(workload.joinFiles().map((file) => holderOf(dirname(file), pid)));
  const launcher = await createLauncher(folders.map((folder) => join(folder, 'cgroup.procs')));
  await writeFile(`/proc/${pid}/oom_score_adj`, '1000');
  const perl = await requireProgram('perl');
  const hog = start(launcher.program, [...launcher.args, perl, '-e', hogProgram]);
  try {
    const deadline = monotonicMs() + exhaustionMs;
    // What the kernel has chosen may take a moment to end, and others are killed meanwhile.
    const hogs = { areGone: false };
    void hog.gone
      .then(() => sleep(endMs))
      .then(() => {
        hogs.areGone = true;
      });
    while (await isRunning(pid)) {
      if (hogs.areGone) throw new Error('the kernel killed another process for memory, not the workload');
      if (monotonicMs() > deadline)
        throw new Error(`it was not killed for memory within ${exhaustionMs / 1000} s`);
      await sleep(1);
    }
    return monotonicMs();
  } finally {
    hog.kill();
    await hog.gone;
  }
}
