/**
 * The one interface that every way of running a payload implements. Measures know this file and no runner by name.
 *
 * Lifecycle of a platform: probe -> prepare -> (instances) -> dispose.
 * Lifecycle of an instance: create -> start -> ready (seen by the prober, not by the runner) -> stop -> dispose.
 * `probe`, `prepare` and `create` are never timed. `start` always is. `dispose` always runs.
 *
 * All moments are milliseconds on the host's monotonic clock (see machine/clock.ts).
 */
import type { StopSignal } from '../scenarios/stop-signal.ts';
import type { Log } from './machine/log.ts';
import type { OpenRoot } from './machine/open-root.ts';
import type { Lease } from './machine/lease/lease.ts';
import type { RunNetwork } from './machine/network/network.ts';
import type { Cgroup } from './machine/cgroup/cgroup.ts';
import type { Payload } from './payload/payload.ts';
import type { Accel, FailureCode, Fault, Kind } from './kinds.ts';
import type { PlatformFacts } from './platform-facts.ts';

export interface Limits {
  /** CPUs per instance; may be a fraction. */
  cpus: number;
  memoryBytes: number;
}

export interface OpenFileLimit {
  soft: number;
  hard: number;
}

/** What a workload may expect of whatever stands around it, the same on every platform. */
export interface Box {
  openFiles: OpenFileLimit;
  /** Filter of system calls in containers: docker's profile, or none. */
  seccomp: 'default' | 'none';
  /** Size of /dev/shm. */
  shmSizeBytes: number;
  hostname: string;
}

/** What to execute inside the payload. */
export interface Launch {
  /** `command[0]` is an absolute path inside the payload. */
  command: string[];
  environment: Record<string, string>;
  /** User, with a group after a colon if one is meant, by name or number, as the payload's own files know them. */
  user: string;
  workdir: string;
  box: Box;
  port: number;
  /** For instance `SIGTERM`. */
  stopSignal: StopSignal;
  /** Log lines that are marks, see MarkBoard. */
  logMarks: { name: string; pattern: RegExp }[];
}

/** Directories of this machine that a runner may use. */
export interface Folders {
  /** Content-addressed, survives runs. */
  cache: string;
  /** On a real disk, for copy-on-write layers; owned by the run and leased. */
  scratch: string;
  /** Short path for sockets and bundles (a unix socket's path has at most 107 bytes); owned by the run and leased. */
  runtime: string;
}

/** What a probe may use: nothing of the run exists yet. */
export interface ProbeContext {
  signal: AbortSignal;
  log: Log;
  /** Content-addressed cache folder, for a probe's own files. */
  cache: string;
}

/** Everything of the run that a runner may use. */
export interface RunContext {
  runId: string;
  signal: AbortSignal;
  log: Log;
  lease: Lease;
  network: RunNetwork;
  /** The run's parent cgroup; each instance gets a child. */
  cgroup: Cgroup;
  folders: Folders;
  /** Starts an instance and waits until it is ready, as in a sample. Throws when it does not become ready in time. */
  startUntilReady(instance: Instance): Promise<void>;
  /** CPU numbers that instances run on, all platforms alike; null: all. */
  cpuset: number[] | null;
}

/** Whether this machine can run a platform. */
export type Fitness =
  | { usable: true; version: string; accel: Accel; notes: string[] }
  | { usable: false; version: string | null; reason: string; remedy: string };

export interface PlatformSpec<Options> {
  id: string;
  limits: Limits;
  launch: Launch;
  options: Options;
}

/** One size of a platform's image under one definition. */
export interface ImageFigure {
  /** `transfer`, `unpacked`, `virtual`, `allocated`. */
  lens: string;
  bytes: number;
  /** What tells two figures of one lens apart, for instance `{ compression: 'gzip' }`. */
  condition: Record<string, string>;
  /** In words: what was added up. */
  definition: string;
}

export interface Runner<Options> {
  readonly kind: Kind;
  /** Can this machine run it? An unfit machine is an answer, never an exception. */
  probe(options: Options, context: ProbeContext): Promise<Fitness>;
  /** Packs and unpacks what all instances share. Throws when it cannot. */
  prepare(payload: Payload, platform: PlatformSpec<Options>, context: RunContext): Promise<PreparedPlatform>;
}

/** What a VM's disk and network are attached to: what QEMU is best with, or what every PC had. */
export type Hardware = 'virtio' | 'sata+e1000e';

export interface MovedDisk {
  file: string;
  /** As qemu-img calls it. */
  format: string;
  hardware: Hardware;
}

export interface NewInstance {
  id: string;
  logs: string;
  /** Folder with the layer of an earlier instance, of `copyLayer`, to go on with; absent: it begins with the image. */
  layer?: string;
  /** Of a VM: in place of the platform's own, with the same content. It is not written to. */
  disk?: MovedDisk;
  /** Its platform is to start it again when it ends, by `restartsBy`; absent: as the platform does by default. */
  restarts?: boolean;
}

export interface PreparedPlatform {
  readonly facts: PlatformFacts;
  /**
   * The runner's own marks in the order in which they must appear, from `spawned` to `exec`.
   * A phase begins with each of them (bench/measures/phases.ts).
   */
  readonly marks: readonly string[];
  /** Its own way to start an instance again that has ended, `--restart=always` for instance; absent: it has none. */
  readonly restartsBy?: string;
  /** Everything an instance needs besides itself: layer, network, cgroup, log folder. */
  create(instance: NewInstance): Promise<Instance>;
  /** The root file system that every instance begins with, as `openRoot` of an instance shows it; absent: the payload. */
  readonly openRoot?: () => Promise<OpenRoot>;
  /** The disk that every instance begins with, and that instances may be given in another form; absent: there is none. */
  readonly disk?: Pick<MovedDisk, 'file' | 'format'>;
  /** Sizes of what a user would ship and store. May pack more (compression) on the first call. */
  images(): Promise<ImageFigure[]>;
  dispose(): Promise<void>;
}

/** How an instance's main process (shim, VMM) ended. */
export interface Exit {
  code: number | null;
  signal: string | null;
  at: number;
}

/** A failure that the runner itself has recognised, more exact than "not ready". */
export interface Diagnosis {
  code: FailureCode;
  message: string;
}

/** Memory of one part of an instance, by proportional set size. */
export interface MemoryPart {
  /** `guest-ram`, `vmm`, `tcg-cache`. */
  part: string;
  pssBytes: number;
}

/** A fault that has been brought about. */
export interface BroughtFault {
  at: number;
  /** Whether the workload that was there serves no more; its end may take a moment. */
  isDown(): Promise<boolean>;
}

export type StopMode = 'graceful' | 'kill';

export interface Instance {
  readonly id: string;
  /** Where the workload will answer, inside the run's network namespace. */
  readonly address: { host: string; port: number };
  readonly marks: MarkBoard;
  /** The instance's own cgroup: all its processes are in it or below it. */
  readonly cgroup: Cgroup;
  /**
   * The part of it in which an execution and a listening socket are the workload's; absent: all of it. A box may have programs
   * that listen on the workload's port before it does.
   */
  readonly traced?: Cgroup;
  /** File with everything the workload printed (for a VM: its console). */
  readonly logFile: string;
  /** Resolves, and never rejects, once the main process is gone. Pending before `start`. */
  readonly exited: Promise<Exit>;
  /** Sets the mark `spawned` and starts the timed command. Resolves when it was handed to the system. */
  start(): Promise<void>;
  /**
   * Asks the instance to end. Resolves when the request was handed over; its end is `exited`.
   * `graceful` is what an operator would do (stop signal, power button); `kill` is the hardest way there is.
   */
  stop(mode: StopMode): Promise<void>;
  /** Why a graceful stop cannot have any effect, as far as can be known beforehand; null: it can, or nobody knows. */
  whyUnstoppable(): Promise<string | null>;
  /**
   * Whether it still is what became ready: its main process runs, and nothing of it was killed for memory. Asked of the
   * system itself, since `exited` may tell of an end only a moment later. Means nothing before it was ready.
   */
  isAlive(): Promise<boolean>;
  /** Looks at logs, counters and exit state for the reason of a failure; null: nothing found. */
  diagnose(): Promise<Diagnosis | null>;
  /** Parts of a VM's memory; empty for everything else. */
  memoryParts(): Promise<MemoryPart[]>;
  /** Memory in use as the guest's own kernel counts it, bytes; null where there is no guest. */
  guestMemory(): Promise<number | null>;
  /** What `bringFault` can do to it; what is missing cannot happen to such a box. */
  readonly faults: readonly Fault[];
  /** Throws when it cannot. Where the platform starts it again, `exited` may tell of the first end. */
  bringFault(fault: Fault): Promise<BroughtFault>;
  /**
   * Copies its layer into an empty folder, once it has ended and before it is disposed of: what an instance that is started
   * again finds. Absent: the layer is its engine's.
   */
  copyLayer?(folder: string): Promise<void>;
  /**
   * Its root file system as it left it, once it has ended and before it is disposed of. Absent: nobody can read it from
   * outside.
   */
  openRoot?(): Promise<OpenRoot>;
  /** Bytes this instance has allocated on disk for its own layer. */
  layerBytes(): Promise<number>;
  /** Removes everything of the instance; safe to call twice and after a failed start. */
  dispose(): Promise<void>;
}

/** The named moments of one instance, milliseconds on the monotonic clock. The first setting of a mark counts. */
export class MarkBoard {
  readonly #at = new Map<string, number>();

  set(name: string, at: number): void {
    if (!this.#at.has(name)) this.#at.set(name, at);
  }

  get(name: string): number | undefined {
    return this.#at.get(name);
  }

  all(): Record<string, number> {
    return Object.fromEntries([...this.#at].sort((a, b) => a[1] - b[1]));
  }
}
