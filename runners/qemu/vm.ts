/** One QEMU process with the three sockets it connects to. */
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { monotonicMs } from '../host/clock.ts';
import { start, type RunningCommand } from '../host/command.ts';
import type { Launcher } from '../host/launch.ts';
import type { Exit } from '../runner.ts';
import { qemuArguments, type VmSpec } from './arguments.ts';
import { listenOn, type Listener } from './sockets.ts';

export const qemuProgram = 'qemu-system-x86_64';

export interface VmSockets {
  qmp: Listener;
  console: Listener;
  control: Listener;
  close(): Promise<void>;
}

/** Listens on three sockets in a new folder. `close` removes the folder. */
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
    return { qmp: await open('qmp'), console: await open('console'), control: await open('control'), close };
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

/** Where QEMU runs: inside a network namespace and in cgroups, or just here (a probe). */
export interface VmPlace {
  /** Path of the namespace. */
  networkNamespace: string;
  /** Joins the instance's cgroup. */
  launcher: Launcher;
}

const keptComplaintCharacters = 4000;

/** Starts QEMU. It is killed when the harness dies: nothing else would end a VM whose harness was killed. */
export function startVm(spec: Omit<VmSpec, 'sockets'>, sockets: VmSockets, place: VmPlace | null): Vm {
  const { qmp, console, control } = sockets;
  const paths = { qmp: qmp.path, console: console.path, control: control.path };
  const qemu = [qemuProgram, ...qemuArguments({ ...spec, sockets: paths })];
  const running = start('setpriv', ['--pdeathsig', 'KILL', ...(place === null ? qemu : placed(qemu, place))]);
  const complaint = keepComplaint(running);
  running.stdout.on('data', () => undefined);
  return {
    pid: running.pid,
    exited: running.exited.then(({ code, signal }) => ({ code, signal, at: monotonicMs() })),
    complaint,
    kill: () => {
      running.kill('SIGKILL');
    },
  };
}

function placed(program: readonly string[], { networkNamespace, launcher }: VmPlace): string[] {
  return ['nsenter', `--net=${networkNamespace}`, launcher.program, ...launcher.args, ...program];
}

function keepComplaint(running: RunningCommand): () => string {
  let text = '';
  running.stderr.on('data', (chunk: Buffer | string) => {
    text = (text + chunk.toString()).slice(-keptComplaintCharacters);
  });
  return () => text.trim();
}
