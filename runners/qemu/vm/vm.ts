/** One QEMU process with the four sockets it connects to. */
import { chown, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Cgroup } from '../../machine/cgroup/cgroup.ts';
import { monotonicMs } from '../../machine/clock.ts';
import { start, type RunningCommand, type StartOptions } from '../../machine/command.ts';
import { lineUp, type Launcher } from '../../shared/launch.ts';
import type { Exit } from '../../runner.ts';
import { qemuArguments, type VmSpec } from './arguments.ts';
import { dropRights, enclose, vmUser, withDevices, type Enclosed } from './confine.ts';
import { listenOn, type Listener } from './sockets.ts';

export const qemuProgram = 'qemu-system-x86_64';

export interface VmSockets {
  /** Where they are; QEMU's working folder. */
  folder: string;
  qmp: Listener;
  console: Listener;
  control: Listener;
  output: Listener;
  close(): Promise<void>;
}

/** Listens on the sockets in a new folder. `close` removes the folder. */
export async function openVmSockets(folder: string): Promise<VmSockets> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chown(folder, vmUser, vmUser);
  const opened: Listener[] = [];
  const open = async (name: string): Promise<Listener> => {
    const listener = await listenOn(join(folder, name));
    opened.push(listener);
    await chown(listener.path, vmUser, vmUser);
    return listener;
  };
  const close = async (): Promise<void> => {
    await Promise.all(opened.map((listener) => listener.close()));
    await rm(folder, { recursive: true, force: true });
  };
  try {
    const [qmp, console] = [await open('qmp'), await open('console')];
    const [control, output] = [await open('control'), await open('output')];
    return { folder, qmp, console, control, output, close };
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
  /** Joins the instance's cgroup. */
  join: Launcher;
  /** Waits. */
  wait: Launcher;
  /** The instance's own. */
  folder: string;
  cgroup: Cgroup;
}

const keptComplaintCharacters = 4000;

/** A VM on the starting line. */
export interface WaitingVm extends Vm {
  /** Hands over: the launcher becomes QEMU. */
  go: () => void;
}

/** Starts QEMU right here and now. */
export async function startVm(spec: Omit<VmSpec, 'sockets'>, sockets: VmSockets): Promise<Vm> {
  const enclosed = await enclose(spec, null);
  const [program = '', ...args] = [...withDevices(), ...dropRights, ...qemuCommand(enclosed.spec)];
  return withFiles(enclosed, sockets, (options) => watch(start(program, args, options)));
}

/** Lines QEMU up in its place: it has its user and its cgroups, and waits. */
export async function lineUpVm(
  spec: Omit<VmSpec, 'sockets'>,
  sockets: VmSockets,
  { networkNamespace, join, wait, folder }: Omit<VmPlace, 'cgroup'>,
): Promise<WaitingVm> {
  const enclosed = await enclose(spec, folder);
  const args = [
    `--net=${networkNamespace}`,
    ...[join.program, ...join.args, ...withDevices(), ...dropRights],
    ...[wait.program, ...wait.args, ...qemuCommand(enclosed.spec)],
  ];
  return withFiles(enclosed, sockets, async (options) => {
    // Until its user is set, the program dies with the harness, too: nothing else would end it.
    const waiting = await lineUp('setpriv', ['--pdeathsig', 'KILL', 'nsenter', ...args], folder, options);
    return {
      ...watch(waiting.command),
      go: () => {
        waiting.go();
      },
    };
  });
}

/** The files are the program's once it is started; this process need not keep them open. */
async function withFiles<Made>(
  { files }: Pick<Enclosed<unknown>, 'files'>,
  { folder }: VmSockets,
  make: (options: StartOptions) => Made | Promise<Made>,
): Promise<Made> {
  try {
    return await make({ cwd: folder, descriptors: files.map(({ fd }) => fd) });
  } finally {
    await Promise.all(files.map((file) => file.close()));
  }
}

/** Ends a VM, whether it waits or runs, and waits until QEMU is gone. */
export async function endVm(vm: Vm): Promise<void> {
  vm.kill();
  await vm.exited;
}

function qemuCommand(spec: Omit<VmSpec, 'sockets'>): string[] {
  // In QEMU's working folder, see confine.ts.
  const sockets = { qmp: 'qmp', console: 'console', control: 'control', output: 'output' };
  return [qemuProgram, ...qemuArguments({ ...spec, sockets })];
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

/** Its last text, once it is asked for. */
export function keepComplaint(running: RunningCommand): () => string {
  let text = '';
  // A launcher has made them one; QEMU prints nothing but complaints.
  for (const stream of [running.stdout, running.stderr]) {
    stream.on('data', (chunk: Buffer | string) => {
      text = (text + chunk.toString()).slice(-keptComplaintCharacters);
    });
  }
  return () => text.trim();
}
