/** One QEMU process with the four sockets it connects to. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicMs } from '../machine/clock.ts';
import { start, type RunningCommand } from '../machine/command.ts';
import { lineUp, type Launcher } from '../shared/launch.ts';
import type { Exit } from '../runner.ts';
import { qemuArguments, type VmSpec } from './arguments.ts';
import { listenOn, type Listener } from './sockets.ts';

export const qemuProgram = 'qemu-system-x86_64';

export interface VmSockets {
  qmp: Listener;
  console: Listener;
  control: Listener;
  output: Listener;
  close(): Promise<void>;
}

/** Listens on the sockets in a new folder. `close` removes the folder. */
export async function openVmSockets(folder: string): Promise<VmSockets> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const opened: Listener[] = [];
  const open = async (name: string): Promise<Listener> => {
    const listener = await listenOn(join(folder, name));
    opened.push(listener);
    return listener;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((listener) => listener.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [qmp, console] = [await open('qmp'), await open('console')];
    return { qmp, console, control: await open('control'), output: await open('output'), close };
  } catch (error) {
    await close();
    throw error;
  }
}

export interface Vm {
  readonly pid: number;
  readonly exited: Promise<Exit>;
  /** Last text that QEMU printed to standard error. */
  complaint(): string;
  kill(): void;
}

/** Where QEMU runs: inside a network namespace and in cgroups. */
export interface VmPlace {
  /** Path of the namespace. */
  networkNamespace: string;
  /** Joins the instance's cgroup, and waits. */
  launcher: Launcher;
}

const keptComplaintCharacters = 4000;

/** A VM on the starting line. */
export interface WaitingVm extends Vm {
  /** Hands over: the launcher becomes QEMU. */
  go: () => void;
}

/** QEMU is killed when the harness dies: nothing else would end a VM whose harness was killed. */
const dieWithHarness = ['--pdeathsig', 'KILL'];

/** Starts QEMU right here and now. */
export function startVm(spec: Omit<VmSpec, 'sockets'>, sockets: VmSockets): Vm {
  return watch(start('setpriv', [...dieWithHarness, ...qemuCommand(spec, sockets)]));
}

/** Lines QEMU up in its place; `place.launcher` must be a waiting one. */
export async function lineUpVm(
  spec: Omit<VmSpec, 'sockets'>,
  sockets: VmSockets,
  { networkNamespace, launcher }: VmPlace,
): Promise<WaitingVm> {
  const enter = ['nsenter', `--net=${networkNamespace}`, launcher.program, ...launcher.args];
  const command = [...dieWithHarness, ...enter, ...qemuCommand(spec, sockets)];
  const waiting = await lineUp('setpriv', command);
  return {
    ...watch(waiting.command),
    go: () => {
      waiting.go();
    },
  };
}

/** Ends a VM, whether it waits or runs, and waits until QEMU is gone. */
export async function endVm(vm: Vm): Promise<void> {
  vm.kill();
  await vm.exited;
}

function qemuCommand(spec: Omit<VmSpec, 'sockets'>, { qmp, console, control, output }: VmSockets): string[] {
  const paths = { qmp: qmp.path, console: console.path, control: control.path, output: output.path };
  return [qemuProgram, ...qemuArguments({ ...spec, sockets: paths })];
}

function watch(running: RunningCommand): Vm {
  const complaint = keepComplaint(running);
  return {
    pid: running.pid,
    exited: running.exited.then(({ code, signal }) => ({ code, signal, at: monotonicMs() })),
    complaint,
    kill: () => {
      running.kill('SIGKILL');
    },
  };
}

function keepComplaint(running: RunningCommand): () => string {
  let text = '';
  // A launcher has made them one; QEMU prints nothing but complaints.
  for (const stream of [running.stdout, running.stderr]) {
    stream.on('data', (chunk: Buffer | string) => {
      text = (text + chunk.toString()).slice(-keptComplaintCharacters);
    });
  }
  return () => text.trim();
}
