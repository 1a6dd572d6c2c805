/** What an instance on this machine's own kernel does alike, whether bare process or container. */
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  MarkBoard,
  type BroughtFault,
  type Diagnosis,
  type Exit,
  type Instance,
  type Launch,
  type MemoryPart,
  type StopMode,
} from '../runner.ts';
import type { Fault } from '../kinds.ts';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import type { OpenRoot } from '../machine/open-root.ts';
import { monotonicMs } from '../machine/clock.ts';
import type { Waiting } from './launch.ts';
import { loggedOutOfMemory } from '../machine/kernel/kernel-log.ts';
import { bringFault, faultsOf } from './faults.ts';
import { captureLog, type LogCapture } from './log-capture.ts';
import { lastWords } from './last-words.ts';
import { findMainProcess, ignoresSignal, type MainProcess } from './main-process.ts';

/** What the instance writes to; a layer of Tare's own is one. */
export interface InstanceLayer {
  allocatedBytes(): Promise<number>;
  /** Null: it is its engine's. */
  copyTo: ((folder: string) => Promise<void>) | null;
  /** Null: nobody can read it from outside. */
  open: (() => Promise<OpenRoot>) | null;
}

export interface LocalInstanceParts {
  id: string;
  logs: string;
  launch: Launch;
  address: string;
  cgroup: Cgroup;
  /** Where the workload itself is: the same, or the part of it without the box's own processes. */
  workload: Cgroup;
  /** Where the kernel's tracer is to look; absent: in all of the cgroup. */
  traced?: Cgroup;
  /** Which of its processes is the one whose end is the workload's. */
  main: MainProcess;
  /** The timed command, on the starting line. */
  waiting: Waiting;
  /** What an operator would do to end it; `pid` is the timed command's. */
  stopGracefully(pid: number): Promise<void>;
  /** Whether the box, and not the workload, failed: its own words, or null. */
  whyNotStarted(exit: Exit, lastLines: string[]): Promise<string | null>;
  layer: InstanceLayer;
  /** Removes what was made for the instance, processes excepted. */
  remove(): Promise<void>;
}

const shownLines = 5;
const searchedLines = 200;
const lastWordsMs = 1000;
/** 128 plus the number of SIGKILL: how a runtime tells that its workload was killed. */
const killedCode = 137;

export class LocalInstance implements Instance {
  readonly id: string;
  readonly address: { host: string; port: number };
  readonly marks = new MarkBoard();
  readonly cgroup: Cgroup;
  readonly traced?: Cgroup;
  readonly logFile: string;
  readonly exited: Promise<Exit>;
  readonly copyLayer?: (folder: string) => Promise<void>;
  readonly openRoot?: () => Promise<OpenRoot>;

  readonly #parts: LocalInstanceParts;
  readonly #output: LogCapture;
  #isStarted = false;
  #exit: Exit | null = null;
  #settleExited: (exit: Exit) => void = () => undefined;
  #disposing: Promise<void> | null = null;

  constructor(parts: LocalInstanceParts) {
    this.id = parts.id;
    this.address = { host: parts.address, port: parts.launch.port };
    this.cgroup = parts.cgroup;
    this.logFile = join(parts.logs, 'output.log');
    this.exited = new Promise((resolve) => {
      this.#settleExited = resolve;
    });
    this.#parts = parts;
    if (parts.traced) this.traced = parts.traced;
    if (parts.layer.copyTo) this.copyLayer = parts.layer.copyTo;
    if (parts.layer.open) this.openRoot = parts.layer.open;
    const { gone, stdout, stderr } = parts.waiting.command;
    void gone.then(({ code, signal }) => {
      this.#exit = { code, signal, at: monotonicMs() };
      this.#settleExited(this.#exit);
    });
    const { logMarks } = parts.launch;
    const setMarks = (line: string, at: number): void => {
      for (const { name, pattern } of logMarks) {
        if (this.marks.get(name) === undefined && pattern.test(line)) this.marks.set(name, at);
      }
    };
    const onLine = logMarks.length === 0 ? null : setMarks;
    this.#output = captureLog([stdout, stderr], this.logFile, onLine);
  }

  start(): Promise<void> {
    this.#isStarted = true;
    this.marks.set('spawned', monotonicMs());
    this.#parts.waiting.go();
    return Promise.resolve();
  }

  async stop(mode: StopMode): Promise<void> {
    if (!this.#isStarted || this.#exit !== null) return;
    if (mode === 'graceful') await this.#parts.stopGracefully(this.#parts.waiting.command.pid);
    // The box ends once its workload has, and so `exited` does not come before the workload's own end.
    else if ((await this.#parts.workload.processes()).length > 0) await this.#parts.workload.kill();
    else await this.#killEverything();
  }

  async whyUnstoppable(): Promise<string | null> {
    const { main, waiting, workload, launch } = this.#parts;
    // The workload's own process is known to gVisor's kernel alone.
    if (main === 'sandbox') return null;
    const pid = await findMainProcess(main, waiting.command.pid, workload);
    return pid === null ? null : ignoresSignal(pid, launch.stopSignal);
  }

  async isAlive(): Promise<boolean> {
    const { main, waiting, workload } = this.#parts;
    if ((await this.cgroup.memory()).oomKills > 0) return false;
    // Last, so that as little as possible happens between the look at it and whatever follows.
    return this.#exit === null && (await findMainProcess(main, waiting.command.pid, workload)) !== null;
  }

  get faults(): readonly Fault[] {
    return faultsOf(this.#parts.main);
  }

  bringFault(fault: Fault): Promise<BroughtFault> {
    const { main, waiting, workload } = this.#parts;
    return bringFault(fault, { main, commandPid: waiting.command.pid, workload });
  }

  async diagnose(): Promise<Diagnosis | null> {
    if (this.#disposing === null && (await this.#ranOutOfMemory())) {
      return { code: 'out-of-memory', message: 'the kernel killed it: it reached its memory limit' };
    }
    if (this.#exit === null) return null;
    // What it printed last may still be on its way.
    await Promise.race([this.#output.closed, sleep(lastWordsMs, undefined, { ref: false })]);
    const lines = lastWords(this.#output.tail(searchedLines), shownLines);
    const notStarted = await this.#parts.whyNotStarted(this.#exit, lines);
    if (notStarted !== null) return { code: 'start-failed', message: notStarted };
    const { code, signal } = this.#exit;
    const how = signal === null ? `with exit code ${code ?? 'unknown'}` : `by ${signal}`;
    const last = lines.length === 0 ? '' : `; last lines:\n  ${lines.join('\n  ')}`;
    if (await this.#wasLeftAlone(this.#exit)) {
      return {
        code: 'shim-died',
        message: `what runs the workload ended ${how}, and not the workload${last}`,
      };
    }
    return { code: 'exited', message: `the workload ended ${how}${last}` };
  }

  memoryParts(): Promise<MemoryPart[]> {
    return Promise.resolve([]);
  }

  guestMemory(): Promise<number | null> {
    return Promise.resolve(null);
  }

  layerBytes(): Promise<number> {
    return this.#parts.layer.allocatedBytes();
  }

  dispose(): Promise<void> {
    this.#disposing ??= this.#dispose().catch((error: unknown) => {
      // What could not be removed may be tried again.
      this.#disposing = null;
      throw error;
    });
    return this.#disposing;
  }

  async #ranOutOfMemory(): Promise<boolean> {
    if ((await this.cgroup.memory()).oomKills > 0) return true;
    const isKilled = this.#exit?.code === killedCode || this.#exit?.signal === 'SIGKILL';
    // A runtime may have removed the workload's cgroup, and with it the count.
    return isKilled && (await loggedOutOfMemory(this.cgroup.path));
  }

  /**
   * Whether the box ended, and its workload did not: a runtime tells a workload's end by a signal as an exit code, so a signal
   * is its own end.
   */
  async #wasLeftAlone({ signal }: Exit): Promise<boolean> {
    const { main, waiting, workload } = this.#parts;
    if (main === 'command') return false;
    return signal !== null || (await findMainProcess(main, waiting.command.pid, workload)) !== null;
  }

  /** The command leads a process group: that ends it even where it has not joined its cgroup yet. */
  async #killEverything(): Promise<void> {
    if (this.#exit === null) this.#parts.waiting.command.kill('SIGKILL');
    await this.exited;
    await this.cgroup.kill();
  }

  async #dispose(): Promise<void> {
    await this.#killEverything();
    await this.#parts.remove();
    await this.#output.closed;
  }
}
