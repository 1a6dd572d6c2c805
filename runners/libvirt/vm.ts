/** A QEMU that libvirt starts and looks after: what is timed is `virsh create`. */
import { chown, readFile, writeFile } from 'node:fs/promises';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { commandLine, runEngine } from '../container-engine/command.ts';
import { moveProcess } from '../container-engine/shim.ts';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import { monotonicMs } from '../machine/clock.ts';
import { readProcessStat } from '../machine/process-stat.ts';
import { requireProgram } from '../machine/programs.ts';
import { signalProcess } from '../machine/signal-process.ts';
import type { StartedVm, VmStarter } from '../qemu/create.ts';
import type { VmSpec } from '../qemu/vm/arguments.ts';
import { readable, vmUser } from '../qemu/vm/confine.ts';
import { keepComplaint, qemuProgram, type VmPlace, type VmSockets } from '../qemu/vm/vm.ts';
import type { Exit } from '../runner.ts';
import { lineUp } from '../shared/launch.ts';
import type { Libvirt } from './daemon.ts';
import { domainXml } from './domain.ts';

const pollMs = 1;

export function startedByLibvirt(libvirt: Libvirt): VmStarter {
  return {
    socketFolder: () => libvirt.sockets,
    startsPaused: true,
    lineUp: (id, spec, sockets, place) => lineUpDomain(id, spec, sockets, place, libvirt),
  };
}

async function lineUpDomain(
  name: string,
  spec: Omit<VmSpec, 'sockets'>,
  sockets: VmSockets,
  place: VmPlace,
  libvirt: Libvirt,
): Promise<StartedVm> {
  const { virsh } = libvirt;
  const file = join(place.folder, 'domain.xml');
  const seen = await asSeen(spec, sockets, place.folder, libvirt);
  await writeFile(file, domainXml({ name, emulator: await requireProgram(qemuProgram), spec: seen }));
  const [program, ...args] = commandLine(virsh, ['create', '--file', file]);
  const chain = [...place.join.args, place.wait.program, ...place.wait.args, program, ...args];
  const environment = { env: { ...virsh.env }, cleanEnv: true };
  const client = await lineUp(place.join.program, chain, place.folder, environment);
  const complaint = keepComplaint(client.command);
  const machine = new Machine(name, place.cgroup, libvirt.cgroup);
  const socket = sockets.console.connection.then(async (connected) => {
    await machine.fetch();
    return connected;
  });
  let isStarted = false;
  const kill = (): void => {
    client.command.kill('SIGKILL');
    machine.kill();
  };
  const exited = (async (): Promise<Exit> => {
    const { code, signal } = await client.command.gone;
    if (code === 0) await machine.untilGone(await socket);
    const how = code === 0 ? await machine.end(libvirt.logFile(name)) : { code, signal };
    return { ...how, at: monotonicMs() };
  })();
  return {
    vm: {
      get pid() {
        return machine.pid ?? client.command.pid;
      },
      ...{ exited, complaint, kill },
      go: () => {
        isStarted = true;
        client.go();
      },
    },
    cgroup: machine.counted,
    async end() {
      kill();
      await exited;
      // libvirt knows of the end only a moment later, and may still be about to start it; none of that name is no error.
      if (isStarted) await runEngine(virsh, ['destroy', '--domain', name], { accept: [0, 1] });
    },
  };
}

/** QEMU, a child of nobody's that libvirt has started beside itself. */
class Machine {
  pid: number | null = null;
  /** The instance's cgroup, with the CPU time that QEMU had used before it was there. */
  readonly counted: Cgroup;
  readonly #name: string;
  readonly #home: Cgroup;
  readonly #daemons: Cgroup;
  #earlierMs = 0;
  #isKilled = false;

  constructor(name: string, home: Cgroup, daemons: Cgroup) {
    this.#name = name;
    this.#home = home;
    this.#daemons = daemons;
    this.counted = { ...home, cpuTimeMs: async () => this.#earlierMs + (await home.cpuTimeMs()) };
  }

  /** Puts it where it is limited and counted. It has connected, and libvirt has yet to let the machine run. */
  async fetch(): Promise<void> {
    for (const pid of await this.#daemons.processes()) {
      const arguments_ = (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
      if (!arguments_.some((each) => each.startsWith(`guest=${this.#name},`))) continue;
      this.pid = pid;
      this.#earlierMs = await moveProcess(pid, this.#home);
    }
    if (this.#isKilled) this.kill();
  }

  kill(): void {
    this.#isKilled = true;
    if (this.pid !== null) signalProcess(this.pid, 'SIGKILL');
  }

  /** @param socket that QEMU holds open while it is there: nothing has to be asked for its end */
  async untilGone(socket: Socket): Promise<void> {
    if (!socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
    while (this.pid !== null && (await isThere(this.pid))) await sleep(pollMs);
  }

  /** Whose child it is not cannot ask how it ended; libvirt notes it in the machine's log. */
  async end(log: string): Promise<Pick<Exit, 'code' | 'signal'>> {
    if (this.#isKilled) return { code: null, signal: 'SIGKILL' };
    const text = await readFile(log, 'utf8').catch(() => '');
    return { code: /shutting down, reason=(crashed|failed)/.test(text) ? 1 : 0, signal: null };
  }
}

async function isThere(pid: number): Promise<boolean> {
  const stat = await readProcessStat(pid);
  return stat !== null && stat.state !== 'Z';
}

/** The same machine by the names that QEMU's user reaches its files by. What it writes to becomes its own. */
async function asSeen(
  spec: Omit<VmSpec, 'sockets'>,
  sockets: VmSockets,
  folder: string,
  { seen }: Libvirt,
): Promise<VmSpec> {
  const { boot, overlayFile } = spec;
  if (boot.by !== 'kernel') throw new Error('only a kernel of its own is started through libvirt');
  if (overlayFile !== null) await chown(overlayFile, vmUser, vmUser);
  const kernelFile = await readable(boot.kernelFile, folder);
  return {
    ...spec,
    boot: { ...boot, kernelFile: seen(kernelFile), initrdFile: seen(boot.initrdFile) },
    overlayFile: overlayFile === null ? null : seen(overlayFile),
    diskLayers: spec.diskLayers.map(({ file, format }) => ({ file: seen(file), format })),
    sockets: {
      qmp: seen(sockets.qmp.path),
      console: seen(sockets.console.path),
      control: seen(sockets.control.path),
      output: seen(sockets.output.path),
    },
  };
}
