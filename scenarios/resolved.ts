/**
 * The resolved scenario: what the loader makes of a scenario file once every default, workload file and
 * placeholder is filled in. It is complete (no optional fields; `null` says "none"), plain JSON, and is kept
 * in the record, so that a run can be repeated from its record alone.
 */
import type {
  ContainerBuilder,
  GateLevel,
  ImageField,
  SeccompProfile,
  StatusClass,
} from './schema/allowed-words.ts';
import type { OptionsOf, RunnerName } from './platforms/table.ts';
import type { ResolvedMeasures } from './measures/measures.ts';
import type { StopSignal } from './stop-signal.ts';

export interface ResolvedScenario {
  name: string;
  description: string;
  /** Name of the file's scenario, where it is one of several workloads of one file. */
  suite?: string;
  /** Where it was read from: an absolute path. */
  file: string;
  workload: ResolvedWorkload;
  /** Limits of a platform that states none of its own. */
  limits: ResolvedLimits;
  /** Id of the platform the others are expressed against. */
  baseline: string;
  platforms: ResolvedPlatform[];
  measures: ResolvedMeasures;
  gates: ResolvedGate[];
}

export interface ResolvedLimits {
  /** CPUs per instance; may be a fraction. */
  cpus: number;
  memoryBytes: number;
}

/** What the payload executes on one platform, with the placeholders filled in from that platform's limits. */
export interface ResolvedLaunch {
  /** `command[0]` is an absolute path inside the payload, or a name that is yet to be looked up there by PATH. */
  command: string[];
  environment: Record<string, string>;
}

interface PlatformBase {
  id: string;
  limits: ResolvedLimits;
  launch: ResolvedLaunch;
  /** A machine that cannot run a required platform ends the run with exit 3 instead of skipping it. */
  required: boolean;
  /** Pause before the start command, on the clock; 0 unless a gate is put to the test. */
  startDelayMs: number;
}

/** A platform of one runner, with that runner's options. */
export type ResolvedPlatform = {
  [Name in RunnerName]: PlatformBase & { runner: Name; options: OptionsOf<Name> };
}[RunnerName];

export interface ResolvedWorkload {
  name: string;
  description: string;
  /** The workload file's absolute path, or the scenario's where the workload is written out in it. */
  file: string;
  rootfs: ResolvedRootfs;
  /**
   * What the image says because the file does not; empty where the payload is made of no image. Until the image has been
   * read these are neutral: an empty command, user root, folder /, port 0, SIGTERM. The record holds what was used.
   */
  fromImage: ImageField[];
  /** As the workload file has it, placeholders unfilled: what a platform added later is launched from. */
  launch: ResolvedLaunch;
  user: string;
  workdir: string;
  box: ResolvedBox;
  port: number;
  stopSignal: StopSignal;
  ready: ResolvedReadiness;
  /** Log lines that mark a moment of the start, in the order in which they appear. */
  marks: ResolvedLogMark[];
  /** Path that the load generator asks for. */
  loadPath: string;
  /** Path that answers what the workload sees from inside, as `key=value` lines; null: none. */
  factsPath: string | null;
  /** Path that writes files and says which are there; null: none. Absent in runs of older versions. */
  keepPath?: string | null;
  /** Path that becomes an aggressor of its neighbors; null: none. Absent in runs of older versions. */
  pushPath?: string | null;
}

/** What the workload may expect of every box. */
export interface ResolvedBox {
  openFiles: { soft: number; hard: number };
  seccomp: SeccompProfile;
  shmSizeBytes: number;
  hostname: string;
}

export type ResolvedRootfs = DebianRootfs | OciRootfs | ContainerfileRootfs | DirectoryRootfs | TarRootfs;

interface RootfsBase {
  files: ResolvedExtraFile[];
  /** Paths removed before `files` are copied, absolute inside the payload. */
  remove: string[];
  /** Where the workload allows more, or less, than usual. */
  limits?: { bytes?: number; files?: number };
}

export interface DebianRootfs extends RootfsBase {
  from: 'debian';
  suite: string;
  variant: string;
  packages: string[];
  /** Package source; null: the archive's default. */
  mirror: string | null;
}

export interface OciRootfs extends RootfsBase {
  from: 'oci';
  /** With its transport (`docker://…`, `oci:…`), paths absolute, a digest not in it. */
  image: string;
  /** `sha256:…`: the image must be this one; null: whichever the name means. The record holds the one that was used. */
  digest: string | null;
  tlsVerify: boolean;
  /** A registry that sends nothing for that long has failed. */
  timeoutMs: number;
}

export interface ContainerfileRootfs extends RootfsBase {
  from: 'containerfile';
  /** Absolute paths on this machine. */
  context: string;
  file: string;
  arguments: Record<string, string>;
  /** Stage to build; null: the last. */
  target: string | null;
  builder: ContainerBuilder;
}

export interface DirectoryRootfs extends RootfsBase {
  from: 'directory';
  /** Absolute path on this machine. */
  path: string;
}

export interface TarRootfs extends RootfsBase {
  from: 'tar';
  /** Absolute path on this machine. */
  path: string;
}

export interface ResolvedExtraFile {
  /** Absolute path on this machine: a file, or a folder that is copied whole. */
  from: string;
  /** Absolute path inside the payload. */
  to: string;
  /** Octal permission bits of files, for instance 0o644; folders get the matching search bits. */
  mode: number;
  /** `user:group` by name or number. */
  owner: string;
}

/** One status, a class of them such as `2xx`, or several of these. */
export type StatusSet = number | StatusClass | readonly (number | StatusClass)[];
export type ResolvedReadiness =
  | {
      by: 'http';
      path: string;
      status: StatusSet;
      bodyContains: string | null;
      timeoutMs: number;
      /** What is absent from here on is as a plain GET has it: http, the prober's own headers, no redirect followed. */
      scheme?: 'https';
      /** With https: it is not checked whose certificate it is. */
      certificate?: 'any';
      headers?: Record<string, string>;
      redirects?: 'follow';
    }
  /** `exchange`: what is sent (a byte each character) and the regular expression of a good answer; null: to be connected is all. */
  | {
      by: 'tcp';
      exchange: { send: string; expect: string } | null;
      timeoutMs: number;
      /** Whether the server speaks HTTP is still to be tried, before the first sample; the run then has an answer to that. */
      isTentative?: true;
    }
  /** It does not serve: it does its work and ends, with this exit status. */
  | { by: 'exit'; status: number; timeoutMs: number };

/** Of a workload that serves. */
export type ServerReadiness = Exclude<ResolvedReadiness, { by: 'exit' }>;

export interface ResolvedLogMark {
  name: string;
  /** Regular expression source, matched against each log line. */
  pattern: string;
  /** The mark comes after this moment of the start. */
  after: 'exec' | 'listening';
}

export interface ResolvedGate {
  id: string;
  metric: string;
  /** Lens of the metric, null where it has none or all are meant. */
  lens: string | null;
  platform: string;
  /** Baseline of a ratio gate; null: an absolute gate. */
  over: string | null;
  /** Bounds in the metric's unit (milliseconds, bytes), or as a ratio; null: unbounded. */
  max: number | null;
  min: number | null;
  /** Share by which it may be worse than the reference run, 0.05 for 5 %; null: judged by its bounds. */
  worseBy: number | null;
  level: GateLevel;
}
