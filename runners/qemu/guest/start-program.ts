/**
 * The program that becomes the workload in a guest. busybox has nothing that would do: its shell drops names of variables
 * that it cannot have, and leaves SIGINT and SIGQUIT ignored in what it starts beside itself; its start-stop-daemon wants
 * the user to be in the payload's passwd file. One execution also costs less than a chain of them.
 */
import { systemCalls, type Argument, type SystemCall } from './system-calls.ts';

export interface GuestStart {
  /** Where the guest has the payload's files. */
  root: string;
  /** Inside the payload. */
  workdir: string;
  uid: number;
  gid: number;
  /** Supplementary groups. */
  groups: readonly number[];
  openFiles: { soft: number; hard: number };
  /** The first word is the program's path inside the payload. */
  command: readonly string[];
  environment: Readonly<Record<string, string>>;
}

export const startSteps = ['signals', 'limits', 'root', 'user', 'workdir', 'exec'] as const;
export type StartStep = (typeof startSteps)[number];

/** Descriptor of the line to the host. The workload does not get it. */
const lineToHost = 3;

/**
 * The bytes of the executable file. Started as root with the workload's standard files and the line to the host, it
 * writes `mark exec` there before its last step; when a step fails, it writes `not-started STEP ERRNO` and ends with 127
 * (the file is missing) or 126, as container runtimes do. Throws on text that no program can be given.
 */
export function startProgram(start: GuestStart): Buffer {
  return systemCalls(calls(start), lineToHost);
}

/** linux/resource.h, linux/signal.h, linux/close_range.h */
const [openFilesResource, setMask, signalSetBytes, closeOnExec, lastDescriptor] = [7, 2, 8, 4, 0xffffffff];
/** All but SIGKILL and SIGSTOP, which are as they are. */
const signals = Array.from({ length: 64 }, (_, index) => index + 1).filter(
  (each) => each !== 9 && each !== 19,
);
/** A sigaction, or a set of signals, of zeros: the default, or none. */
const zeros = Buffer.alloc(32);

function calls({ root, workdir, uid, gid, groups, openFiles, ...rest }: GuestStart): SystemCall[] {
  const { command, environment } = rest;
  const [program] = command;
  if (program === undefined || !program.startsWith('/')) {
    throw new Error(
      `the command must begin with an absolute path inside the payload, not with ${JSON.stringify(program)}`,
    );
  }
  const variables = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
  const mark = 'mark exec\n';
  return [
    optional('setsid'),
    ...signals.map((signal) => step('signals', 'rt_sigaction', signal, zeros, 0, signalSetBytes)),
    step('signals', 'rt_sigprocmask', setMask, zeros, 0, signalSetBytes),
    optional('umask', 0o022),
    // Any user that the workload becomes may open its output again by name.
    optional('fchmod', 1, 0o666),
    step('limits', 'setrlimit', openFilesResource, numbers(8, [openFiles.soft, openFiles.hard])),
    step('root', 'chroot', root),
    step('user', 'setgroups', groups.length, numbers(4, groups)),
    step('user', 'setresgid', gid, gid, gid),
    // As root, as container runtimes do: the folder need not be open to the user.
    step('workdir', 'chdir', workdir),
    step('user', 'setresuid', uid, uid, uid),
    step('exec', 'close_range', lineToHost, lastDescriptor, closeOnExec),
    optional('write', lineToHost, mark, mark.length),
    step('exec', 'execve', program, command, variables),
  ];
}

function step(name: StartStep, call: SystemCall['call'], ...given: Argument[]): SystemCall {
  return { call, arguments: given, complaint: `not-started ${name}` };
}

/** A call whose failure does not matter. */
function optional(call: SystemCall['call'], ...given: Argument[]): SystemCall {
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
