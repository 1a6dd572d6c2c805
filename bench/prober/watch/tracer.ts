/**
 * The kernel's own account of `exec` and `listen`, with its own times on CLOCK_MONOTONIC. It costs nothing inside the
 * timed path. Needs tracefs; without it the prober polls.
 *
 * An instance directory of tracefs is global to the machine and leased by the client; the mount, where the machine has
 * none, is private to this program's mount namespace.
 */
import { closeSync, existsSync, openSync, read, readFileSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StringDecoder } from 'node:string_decoder';
import { run } from '../../../runners/machine/command.ts';
import { isMember } from './membership.ts';
import { parseTraceLine, type TraceEvent } from './trace-line.ts';

export interface TraceSubject {
  /** Empty: whatever the cgroup. */
  cgroupPath: string;
  /** Empty: executions do not matter. */
  commandPath: string;
  port: number;
  /** Something listens on the port now, and only this subject has that port; whose it is, is not known yet. */
  onHint?(): void;
  onExec(at: number): void;
  onListen(at: number, thread: number, address: string): void;
  /** It listens on another port than the one that is asked for. */
  onOtherPort?(port: number, address: string): void;
  /** The process that was executed has ended. */
  onEnd?(at: number): void;
  /** It no longer listens there. */
  onUnlisten?(port: number, address: string): void;
}

/** By then a connection that was begun at once stands. */
const handshakeMs = 1;

/** Of a process's name: TASK_COMM_LEN of linux/sched.h, without the zero byte. */
const nameCharacters = 15;

const root = '/sys/kernel/tracing';
const execEvent = 'events/sched/sched_process_exec';
const exitEvent = 'events/sched/sched_process_exit';
const listenEvent = 'events/sock/inet_sock_set_state';

export class Tracer {
  readonly #folder: string;
  readonly #pipe: number;
  readonly #reading: Promise<void>;
  readonly #subjects = new Set<TraceSubject>();
  readonly #commands = new Set<string>();
  /** What the kernel calls processes whose end matters. */
  readonly #names = new Set<string>();
  /** Whose end is waited for, by the number of its process. */
  readonly #executed = new Map<number, TraceSubject>();
  #closing = false;
  #failure: string | null = null;

  private constructor(folder: string, pipe: number) {
    this.#folder = folder;
    this.#pipe = pipe;
    this.#reading = this.#read().catch((error: unknown) => {
      this.#failure = String(error);
    });
  }

  /** @throws Error with the reason when the kernel, the machine or the rights do not allow it */
  static async open(name: string): Promise<Tracer> {
    if (!existsSync(join(root, 'instances'))) {
      await run('mount', ['-t', 'tracefs', '-o', 'nosuid,nodev,noexec', 'tracefs', root]);
    }
    const folder = join(root, 'instances', name);
    await mkdir(folder);
    try {
      await writeFile(join(folder, 'trace_clock'), 'mono');
      await writeFile(join(folder, 'buffer_size_kb'), '256');
      await writeFile(join(folder, listenEvent, 'filter'), 'newstate == 10 || oldstate == 10');
      await writeFile(join(folder, listenEvent, 'enable'), '1');
      return new Tracer(folder, openSync(join(folder, 'trace_pipe'), 'r'));
    } catch (error) {
      await rmdir(folder).catch(() => undefined);
      throw error;
    }
  }

  /** False once reading has failed: whoever waits must poll then. */
  get alive(): boolean {
    return this.#failure === null && !this.#closing;
  }

  /** From the moment it resolves, the subject's events are reported. */
  async follow(subject: TraceSubject): Promise<void> {
    this.#subjects.add(subject);
    if (subject.onEnd) await this.#followEnds(subject.commandPath);
    if (this.#commands.has(subject.commandPath)) return;
    // Only grows: the filter's language has no escape for quotes, and a path that holds one is not worth a mark.
    if (subject.commandPath === '' || /["\n]/.test(subject.commandPath)) return;
    this.#commands.add(subject.commandPath);
    const filter = [...this.#commands].map((path) => `filename == "${path}"`).join(' || ');
    await writeFile(join(this.#folder, execEvent, 'filter'), filter);
    await writeFile(join(this.#folder, execEvent, 'enable'), '1');
  }

  /** By the name that it begins with: a filter by its number can only be set once it has begun, and takes milliseconds. */
  async #followEnds(commandPath: string): Promise<void> {
    const name = basename(commandPath).slice(0, nameCharacters);
    if (name === '' || /["\n]/.test(name) || this.#names.has(name)) return;
    this.#names.add(name);
    await this.#filterEnds();
    await writeFile(join(this.#folder, exitEvent, 'enable'), '1');
  }

  /** By number, too: a script may become another program, which has another name by its end. */
  #filterEnds(): Promise<void> {
    const names = [...this.#names].map((name) => `comm == "${name}"`);
    const numbers = [...this.#executed.keys()].map((pid) => `pid == ${pid}`);
    return writeFile(join(this.#folder, exitEvent, 'filter'), [...names, ...numbers].join(' || '));
  }

  #waitForEnd(pid: number, subject: TraceSubject): void {
    // The first program of the subject; what it starts under the same path is not it.
    if ([...this.#executed.values()].includes(subject)) return;
    this.#executed.set(pid, subject);
    // Without it its name may still tell; if not, its end is not known.
    this.#filterEnds().catch(() => undefined);
  }

  unfollow(subject: TraceSubject): void {
    this.#subjects.delete(subject);
    for (const [pid, owner] of this.#executed) if (owner === subject) this.#executed.delete(pid);
  }

  /** Removes the instance. */
  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    // The pending read holds one thread of the pool and blocks until there is an event: give it one.
    await writeFile(join(this.#folder, 'trace_marker'), 'end');
    await this.#reading;
    closeSync(this.#pipe);
    await removeInstance(this.#folder);
  }

  /**
   * Resolves when it is to end. The file is read by callback, because what stands between an event and the first attempt
   * counts: the promises of a file handle took 0.08 ms more.
   */
  #read(): Promise<void> {
    const buffer = Buffer.alloc(64 * 1024);
    const decoder = new StringDecoder('utf8');
    let rest = '';
    const take = (bytes: Buffer): void => {
      const lines = (rest + decoder.write(bytes)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const event = parseTraceLine(line);
        if (event) this.#report(event);
      }
    };
    return new Promise((resolve, reject) => {
      const next = (): void => {
        read(this.#pipe, buffer, 0, buffer.length, null, (error, bytesRead) => {
          try {
            if (error) throw error;
            take(buffer.subarray(0, bytesRead));
            if (this.#closing) resolve();
            // A pipe that is read without a writer gives nothing at once; do not spin.
            else if (bytesRead === 0) setTimeout(next, 10);
            else next();
          } catch (failure) {
            reject(failure instanceof Error ? failure : new Error(String(failure)));
          }
        });
      };
      next();
    });
  }

  #report(event: TraceEvent): void {
    if (event.kind !== 'listen') {
      this.#assign(event);
      return;
    }
    const [only, ...others] = [...this.#subjects].filter(({ port }) => port === event.port);
    if (others.length > 0 || !only?.onHint) {
      this.#assign(event);
      return;
    }
    // To read the cgroup takes as long as half a request: whoever can only be meant asks first, undisturbed.
    only.onHint();
    setTimeout(() => {
      this.#assign(event);
    }, handshakeMs);
  }

  #assign(event: TraceEvent): void {
    if (event.kind === 'end') {
      this.#executed.get(event.thread)?.onEnd?.(event.at);
      return;
    }
    let cgroups: string | null = null;
    for (const subject of this.#subjects) {
      if (event.kind === 'exec' && event.path !== subject.commandPath) continue;
      cgroups ??= cgroupsOf(event.thread);
      if (!isMember(cgroups, subject.cgroupPath)) continue;
      if (event.kind === 'exec') {
        subject.onExec(event.at);
        if (subject.onEnd) this.#waitForEnd(event.thread, subject);
      } else if (event.kind === 'unlisten') subject.onUnlisten?.(event.port, event.address);
      else if (event.port === subject.port) subject.onListen(event.at, event.thread, event.address);
      else subject.onOtherPort?.(event.port, event.address);
    }
  }
}

/** Empty for a thread that is gone already. */
function cgroupsOf(thread: number): string {
  try {
    return readFileSync(`/proc/${thread}/cgroup`, 'utf8');
  } catch {
    return '';
  }
}

/** The kernel may hold it for a moment after its last file was closed. */
async function removeInstance(folder: string): Promise<void> {
  for (let tries = 0; ; tries += 1) {
    try {
      await rmdir(folder);
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return;
      if (code !== 'EBUSY' || tries === 20) throw error;
      await sleep(20);
    }
  }
}
