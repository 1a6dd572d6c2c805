/** One virtual machine with one workload in it. */
import type { Socket } from 'node:net';
import { copyFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import type { CleanUp } from '../machine/lease/clean-up.ts';
import { monotonicMs } from '../machine/clock.ts';
import { captureLog, type LogCapture } from '../shared/log-capture.ts';
import type { Log } from '../machine/log.ts';
import { readMappings } from '../machine/smaps.ts';
import type { OpenRoot } from '../machine/open-root.ts';
import { allocatedBytes } from '../payload/disk/disk.ts';
import { openDisk } from '../payload/disk/open-disk.ts';
import type { Fault } from '../kinds.ts';
import {
  MarkBoard,
  type BroughtFault,
  type Diagnosis,
  type Exit,
  type Instance,
  type Launch,
} from '../runner.ts';
import type { MemoryPart, StopMode } from '../runner.ts';
import { isEmulatedHost } from './emulated.ts';
import { guestRamBytes, type VmSpec } from './vm/arguments.ts';
import { diagnoseVm, nothingSeen, observeConsoleLine, type VmObservations } from './guest/diagnose.ts';
import { GuestLine } from './guest/guest-line.ts';
import { memoryParts } from './vm/memory-parts.ts';
import { saveState } from './snapshot/migrate.ts';
import { outputOf, type OutputEnd } from './guest/output.ts';
import { openQmp, type Qmp, type QmpEvent } from './vm/qmp.ts';
import { restoreClone, type Restore } from './snapshot/restore.ts';
import type { Vm, VmSockets, WaitingVm } from './vm/vm.ts';

/** Everything that was made for the instance. */
export interface InstanceParts {
  id: string;
  logs: string;
  launch: Launch;
  address: string;
  spec: Omit<VmSpec, 'sockets' | 'overlayFile'> & { overlayFile: string };
  sockets: VmSockets;
  cgroup: Cgroup;
  /** QEMU, on the starting line. */
  vm: WaitingVm;
  /** Null: it boots. */
  restore: Restore | null;
  /** Whether its monitor tells when the machine begins to run; else it does so when the monitor answers. */
  startsPaused: boolean;
  /** What the guest writes behind the last that the workload printed. */
  outputEnd: OutputEnd;
  /** Removes all of it, once QEMU has ended. */
  cleanUp: CleanUp;
  log: Log;
}

const answerTimeoutMs = 10_000;
const endTimeoutMs = 10_000;
const tailLines = 5;
const lastWordsMs = 1000;

export class VmInstance implements Instance {
  readonly id: string;
  readonly address: { host: string; port: number };
  readonly marks = new MarkBoard();
  readonly cgroup: Cgroup;
  readonly logFile: string;
  readonly exited: Promise<Exit>;

  readonly #parts: InstanceParts;
  readonly #seen: VmObservations;
  readonly #guest: GuestLine;
  #isStarted = false;
  #qmp: Qmp | null = null;
  #console: LogCapture | null = null;
  #output: LogCapture | null = null;
  #watchdog: NodeJS.Timeout | undefined;
  #disposing: Promise<void> | null = null;
  #settleExited: (exit: Exit) => void = () => undefined;

  constructor(parts: InstanceParts) {
    this.id = parts.id;
    this.address = { host: parts.address, port: parts.launch.port };
    this.cgroup = parts.cgroup;
    this.logFile = join(parts.logs, 'output.log');
    this.exited = new Promise((resolve) => {
      this.#settleExited = resolve;
    });
    this.#parts = parts;
    this.#seen = nothingSeen(parts.spec.accel, isEmulatedHost());
    this.#guest = new GuestLine({
      ...{ id: parts.id, seen: this.#seen, marks: this.marks },
      onUp: () => {
        clearTimeout(this.#watchdog);
      },
    });
  }

  async start(): Promise<void> {
    const { vm } = this.#parts;
    await writeFile(this.logFile, '', { flag: 'a' });
    this.#expectConnections();
    this.marks.set('spawned', monotonicMs());
    vm.go();
    this.#isStarted = true;
    void vm.exited.then((exit) => this.#onExit(vm, exit));
    this.#watchdog = setTimeout(() => {
      this.#seen.watchdogFired = true;
      vm.kill();
    }, this.#seen.watchdogMs);
  }

  #expectConnections(): void {
    const { qmp, console, control, output } = this.#parts.sockets;
    void qmp.connection.then((socket) => this.#onQmp(socket));
    void console.connection.then((socket) => {
      this.#console = captureLog([socket], join(this.#parts.logs, 'console.log'), (line) => {
        observeConsoleLine(line, this.#seen);
      });
    });
    void output.connection.then((socket) => {
      // The power goes off when nothing can be lost by it any more.
      const printed = outputOf(socket, this.#parts.outputEnd, () => {
        this.#guest.powerOff();
      });
      this.#output = captureLog([printed], this.logFile, (line, at) => {
        this.#onOutputLine(line, at);
      });
    });
    void control.connection.then((socket) => {
      this.#guest.connect(socket);
    });
  }

  /** Once QEMU has built the machine: the mark `firmware` when it lets it run, or the clone is restored. */
  async #onQmp(socket: Socket): Promise<void> {
    try {
      const qmp = await openQmp(socket, (event) => {
        this.#onQmpEvent(event);
      });
      await qmp.execute('query-status', { timeoutMs: answerTimeoutMs });
      this.#qmp = qmp;
      if (this.#parts.restore === null && !this.#parts.startsPaused)
        this.marks.set('firmware', monotonicMs());
      if (this.#parts.restore !== null) await this.#restore(qmp, this.#parts.restore);
    } catch (error) {
      // A QEMU that dies early closes the socket; its exit tells the reason better.
      this.#parts.log.debug(`${this.id}: ${String(error)}`);
    }
  }

  async #restore(qmp: Qmp, restore: Restore): Promise<void> {
    const control = await this.#parts.sockets.control.connection;
    try {
      await restoreClone(qmp, control, this.#stateSocket(), restore, this.marks);
    } catch (error) {
      this.#seen.restoreFailure = error instanceof Error ? error.message : String(error);
      this.#parts.vm.kill();
    }
  }

  get outputEnd(): OutputEnd {
    return this.#parts.outputEnd;
  }

  /** Halts the guest for good and returns the state of its devices and processors. */
  async saveState(): Promise<Buffer> {
    if (this.#qmp === null) throw new Error(`${this.id}: QEMU has not been heard of`);
    return saveState(this.#qmp, this.#stateSocket());
  }

  #stateSocket(): string {
    return join(dirname(this.#parts.sockets.qmp.path), 'state');
  }

  #onQmpEvent({ event, data }: QmpEvent): void {
    if (event === 'RESUME' && this.#parts.startsPaused) this.marks.set('firmware', monotonicMs());
    if (event === 'SHUTDOWN' && data['guest'] === true) this.#seen.guestEnded = true;
    if (event === 'RESET' && data['guest'] === true) this.marks.set('died', monotonicMs());
  }

  #onOutputLine(line: string, at: number): void {
    for (const { name, pattern } of this.#parts.launch.logMarks) {
      if (pattern.test(line)) this.marks.set(name, at);
    }
  }

  async #onExit(vm: Vm, exit: Exit): Promise<void> {
    clearTimeout(this.#watchdog);
    this.#seen.exit = exit;
    this.#seen.complaint = vm.complaint();
    // As a container's command does, QEMU ends with the exit code of the workload, where that was the reason.
    const { workloadExit } = this.#seen;
    this.#settleExited(exit.code === 0 && workloadExit !== null ? { ...exit, code: workloadExit } : exit);
    if (this.#seen.complaint !== '') {
      await writeFile(join(this.#parts.logs, 'qemu.log'), `${this.#seen.complaint}\n`).catch(() => undefined);
    }
  }

  async stop(mode: StopMode): Promise<void> {
    if (mode === 'kill') {
      this.#parts.vm.kill();
      return;
    }
    await this.#guest.ask('stop');
  }

  /** What the guest's processes do with signals cannot be seen from here. */
  whyUnstoppable(): Promise<null> {
    return Promise.resolve(null);
  }

  isAlive(): Promise<boolean> {
    const { exit, guestEnded, panicLine, outOfMemoryLine, guestFailure, workloadExit } = this.#seen;
    const isUntroubled = [exit, panicLine, outOfMemoryLine, guestFailure, workloadExit].every(
      (trouble) => trouble === null,
    );
    return Promise.resolve(isUntroubled && !guestEnded);
  }

  async diagnose(): Promise<Diagnosis | null> {
    if (this.#seen.exit !== null) await this.#lastWords();
    if (!this.#isStarted) return null;
    this.#seen.consoleTail = this.#console?.tail(tailLines) ?? [];
    this.#seen.outputTail = this.#output?.tail(tailLines) ?? [];
    return diagnoseVm(this.#seen);
  }

  /** What a dead VM printed last may still be on its way. */
  async #lastWords(): Promise<void> {
    const read = Promise.all([this.#console?.closed, this.#output?.closed]);
    await Promise.race([read, sleep(lastWordsMs, undefined, { ref: false })]);
  }

  async memoryParts(): Promise<MemoryPart[]> {
    const mappings = await readMappings(this.#parts.vm.pid);
    return memoryParts(mappings ?? [], guestRamBytes(this.#parts.spec));
  }

  guestMemory(): Promise<number> {
    return this.#guest.memory();
  }

  layerBytes(): Promise<number> {
    return allocatedBytes(this.#parts.spec.overlayFile);
  }

  /** The rest would need the guest's own programs. */
  readonly faults = ['kill', 'box', 'panic'] as const;

  async bringFault(fault: Fault): Promise<BroughtFault> {
    const at = monotonicMs();
    if (fault === 'box') this.#parts.vm.kill();
    else if (fault === 'kill' || fault === 'panic') await this.#guest.ask(fault);
    else throw new Error(`what runs in a guest cannot be made to suffer: ${fault}`);
    return { at, isDown: async () => !(await this.isAlive()) };
  }

  /** What QEMU has written, synced or not, is in the host's page cache; what the guest has not handed to it is lost. */
  async copyLayer(folder: string): Promise<void> {
    const { overlayFile } = this.#parts.spec;
    await copyFile(overlayFile, join(folder, basename(overlayFile)));
  }

  async openRoot(): Promise<OpenRoot> {
    const { overlayFile } = this.#parts.spec;
    return openDisk({ file: overlayFile, format: 'qcow2' }, join(dirname(overlayFile), 'root'));
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose();
    return this.#disposing;
  }

  async #dispose(): Promise<void> {
    clearTimeout(this.#watchdog);
    try {
      await this.#end();
      await this.#lastWords();
    } finally {
      await this.#parts.cleanUp.run();
      await Promise.all([this.#console?.closed, this.#output?.closed]);
    }
  }

  async #end(): Promise<void> {
    const { vm } = this.#parts;
    vm.kill();
    const late = sleep(endTimeoutMs, 'late', { ref: false });
    if ((await Promise.race([vm.exited, late])) === 'late') {
      throw new Error(
        `${this.id}: QEMU (process ${vm.pid}) is still there ${endTimeoutMs} ms after it was killed`,
      );
    }
  }
}
