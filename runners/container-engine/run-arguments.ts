/** The options of `run` that docker and podman understand alike, from the platform's declaration. */
import type { LaunchUser } from '../shared/payload-launch.ts';
import type { Launch, Limits, OpenFileLimit } from '../runner.ts';

export interface RunInput {
  id: string;
  image: string;
  launch: Launch;
  user: LaunchUser;
  /** Null: the cgroup above has them, and the engine is to set none. */
  limits: Limits | null;
  cpuset: readonly number[] | null;
  openFiles: OpenFileLimit;
  /** File with the filter of system calls, in the engines' format; null: there is none. */
  seccomp: string | null;
  /** Whether the kernel accounts swap; without it an engine warns of the option. */
  limitsSwap: boolean;
  /** The container's cgroup is made below it. */
  cgroupParent: string;
  /** `mac` is null for an engine that cannot be told it; all of it is null where `more` says it. */
  network: { name: string; address: string; mac: string | null } | null;
  /** Options of this engine alone. */
  more: readonly string[];
}

/**
 * Command, environment, folder and stop signal are in the image. User and groups are given by numbers, and the
 * capabilities by their names, so that they are those of every other platform.
 */
export function runArguments(input: RunInput): string[] {
  const { id, launch, limits, cpuset, openFiles, network, user } = input;
  return [
    'run',
    ...['--name', id, '--hostname', launch.box.hostname, '--pull', 'never'],
    ...['--user', `${user.uid}:${user.gid}`],
    ...user.groups.filter((gid) => gid !== user.gid).flatMap((gid) => ['--group-add', String(gid)]),
    ...['--shm-size', `${launch.box.shmSizeBytes}b`],
    // Each engine has one of its own: docker's and podman's are not the same.
    ...['--security-opt', `seccomp=${input.seccomp ?? 'unconfined'}`],
    ...['--cgroup-parent', input.cgroupParent],
    ...(limits === null ? [] : limitArguments(limits, input)),
    ...(cpuset === null ? [] : ['--cpuset-cpus', cpuset.join(',')]),
    ...['--ulimit', `nofile=${openFiles.soft}:${openFiles.hard}`],
    ...(network === null ? [] : ['--network', network.name, '--ip', network.address]),
    ...(network?.mac == null ? [] : ['--mac-address', network.mac]),
    ...input.more,
    input.image,
  ];
}

function limitArguments(
  { cpus, memoryBytes }: Limits,
  { limitsSwap }: Pick<RunInput, 'limitsSwap'>,
): string[] {
  const memory = String(memoryBytes);
  return ['--cpus', String(cpus), '--memory', memory, ...(limitsSwap ? ['--memory-swap', memory] : [])];
}
