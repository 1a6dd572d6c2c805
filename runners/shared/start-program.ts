/**
 * The program that becomes the workload, where what starts the box changes what it hands over. busybox has nothing that would do
 * in a guest: its shell drops names of variables that it cannot have, and leaves SIGINT and SIGQUIT ignored in what it starts
 * beside itself; its start-stop-daemon wants the user to be in the payload's passwd file. LXC, LXD and systemd-nspawn add
 * variables of their own, and cannot take every name and value. One execution also costs less than a chain of them.
 */
import { getSystemErrorMap } from 'node:util';
import { systemCalls, type Argument, type SystemCall } from './system-calls.ts';

interface Start {
  /** Inside the payload. */
  workdir: string;
  uid: number;
  gid: number;
  /** Supplementary groups. */
  groups: readonly number[];
  /** The first word is the program's path inside the payload. */
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
}

export interface GuestStart extends Start {
  /** Where the guest has the payload's files. */
  root: string;
  openFiles: { soft: number; hard: number };
}

/** In a container it is the first process: its root and its limits are there. */
export interface ContainerStart extends Start {
  /** What comes before everything else, with all rights that the container's program leaves. */
  first: readonly SystemCall[];
  /** Files that must not be there when the workload begins: this program's own, and those of the container's program. */
  files: readonly string[];
  /** Named pipe that the output goes to; null: where this program's own does. It may be one of `files`. */
  output: string | null;
  /** Capabilities that are left, by their numbers. */
  capabilities: readonly number[];
}

export const startSteps = [
  'signals',
  'limits',
  'root',
  'output',
  'capabilities',
  'user',
  'workdir',
  'exec',
] as const;
export type StartStep = (typeof startSteps)[number];

export interface NotStarted {
  step: StartStep;
  errno: number;
}

/** Descriptor of the line to the host. The workload does not get it. */
const lineToHost = 3;
const [standardInput, standardOutput, standardErrors] = [0, 1, 2];

/**
 * The bytes of the executable file for a guest. Started as root with the workload's standard files and the line to the host,
 * it writes `mark exec` there before its last step; when a step fails, it writes `not-started STEP ERRNO` and ends with 127
 * (the file is missing) or 126, as container runtimes do. Throws on text that no program can be given.
 */
export function startProgram(start: GuestStart): Buffer {
  const mark = 'mark exec\n';
  const calls = [
    optional('setsid'),
    ...plainProcess(),
    step('limits', 'setrlimit', openFilesResource, numbers(8, [start.openFiles.soft, start.openFiles.hard])),
    step('root', 'chroot', start.root),
    ...becomeUser(start),
    optional('write', lineToHost, mark, mark.length),
    execute(start),
  ];
  return systemCalls(calls, lineToHost);
}

/**
 * The same for a container, which it is the first process of, as root. What fails is told with its errors, after a word by which
 * `startComplaint` knows it.
 */
export function containerStartProgram(start: ContainerStart): Buffer {
  const mask = start.capabilities.reduce((bits, each) => bits | (1n << BigInt(each)), 0n);
  const [low, high] = [Number(mask & 0xffffffffn), Number(mask >> 32n)];
  const others = Array.from({ length: 64 }, (_, each) => each).filter(
    (each) => !start.capabilities.includes(each),
  );
  const calls = [
    ...start.first,
    optional('close', standardInput),
    step('output', 'open', '/dev/null', readOnly),
    ...(start.output === null ? [] : outputTo(start.output)),
    ...start.files.map((path) => optional('unlink', path)),
    ...plainProcess(),
    // EINVAL: this kernel has no such capability.
    ...others.map((each) => optional('prctl', dropFromBoundingSet, each)),
    step(
      'capabilities',
      'capset',
      numbers(4, [capabilityVersion, 0]),
      numbers(4, [low, low, 0, high, high, 0]),
    ),
    ...becomeUser(start),
    execute(start),
  ].map((call) => ({ ...call, complaint: call.complaint && `${complaintPrefix}${call.complaint}` }));
  return systemCalls(calls, standardErrors);
}

const complaintPrefix = 'Tare: ';

/** What a container's start program has said as its last word; null: it did not. */
export function startComplaint(lines: readonly string[]): string | null {
  const [, name, errno] = /^Tare: not-started (\S+) (\d+)$/.exec(lines.at(-1) ?? '') ?? [];
  const failed = startSteps.find((each) => each === name);
  return failed === undefined ? null : startFailure({ step: failed, errno: Number(errno) });
}

const failedSteps: Record<StartStep, string> = {
  signals: 'its signals could not be reset',
  limits: 'its limit of open files could not be set',
  root: 'its root directory could not be entered',
  output: 'its standard files could not be opened',
  capabilities: 'its capabilities could not be set',
  user: 'its user and groups could not be taken on',
  workdir: 'its working directory could not be entered',
  exec: 'its program could not be executed',
};

/** The same in words. */
export function startFailure({ step: failed, errno }: NotStarted): string {
  const [, words] = getSystemErrorMap().get(-errno) ?? [];
  return `the workload was not started: ${failedSteps[failed]}: ${words ?? `error ${errno}`}`;
}

/** linux/resource.h, linux/signal.h, linux/close_range.h */
const [openFilesResource, setMask, signalSetBytes, closeOnExec, lastDescriptor] = [7, 2, 8, 4, 0xffffffff];
/** linux/mount.h, linux/fcntl.h, linux/prctl.h, linux/capability.h */
const [detach, noFollow, readOnly, writeOnly] = [2, 8, 0, 1];
const [dropFromBoundingSet, capabilityVersion] = [24, 0x20080522];
/** All but SIGKILL and SIGSTOP, which are as they are. */
const signals = Array.from({ length: 64 }, (_, index) => index + 1).filter(
  (each) => each !== 9 && each !== 19,
);
/** A sigaction, or a set of signals, of zeros: the default, or none. */
const zeros = Buffer.alloc(32);

/** What a process has of its parents, as if there had been none; and an output that any user may open again by name. */
function plainProcess(): SystemCall[] {
  return [
    ...signals.map((signal) => step('signals', 'rt_sigaction', signal, zeros, 0, signalSetBytes)),
    step('signals', 'rt_sigprocmask', setMask, zeros, 0, signalSetBytes),
    optional('umask', 0o022),
    optional('fchmod', standardOutput, 0o666),
  ];
}

/** Takes a mount off, whoever uses it still; that there is none does not matter. */
export function takeOff(path: string): SystemCall {
  return optional('umount2', path, detach | noFollow);
}

/** The kernel gives out the lowest number that is free. */
function outputTo(path: string): SystemCall[] {
  return [
    optional('close', standardOutput),
    step('output', 'open', path, writeOnly),
    optional('close', standardErrors),
    step('output', 'dup', standardOutput),
  ];
}

function becomeUser({ uid, gid, groups, workdir }: Start): SystemCall[] {
  return [
    step('user', 'setgroups', groups.length, numbers(4, groups)),
    step('user', 'setresgid', gid, gid, gid),
    // As root, as container runtimes do: the folder need not be open to the user.
    step('workdir', 'chdir', workdir),
    step('user', 'setresuid', uid, uid, uid),
    step('exec', 'close_range', lineToHost, lastDescriptor, closeOnExec),
  ];
}

function execute({ command, environment }: Start): SystemCall {
  const [program] = command;
  if (program === undefined || !program.startsWith('/')) {
    throw new Error(
      `the command must begin with an absolute path inside the payload, not with ${JSON.stringify(program)}`,
    );
  }
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  return step('exec', 'execve', program, command, variables);
}

function step(name: StartStep, call: SystemCall['call'], ...given: Argument[]): SystemCall {
  return { call, arguments: given, complaint: `not-started ${name}` };
}

/** A call whose failure does not matter. */
export function optional(call: SystemCall['call'], ...given: Argument[]): SystemCall {
  return { call, arguments: given, complaint: null };
}

function numbers(bytes: 4 | 8, values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(bytes * values.length);
  values.forEach((value, index) => {
    if (bytes === 8) buffer.writeBigUInt64LE(BigInt(value), bytes * index);
    else buffer.writeUInt32LE(value, bytes * index);
  });
  return buffer;
}
