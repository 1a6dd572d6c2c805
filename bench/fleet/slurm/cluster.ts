/** Slurm's own programs, as far as a fleet needs them: which nodes there are, and what has become of its jobs. */
import { CommandError, run, type CommandOptions } from '../../../runners/machine/command.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';

const hourMs = 3_600_000;

export interface SlurmNode {
  name: string;
  /** As Slurm has it: `idle`, `allocated`, `down*`. */
  state: string;
  features: string[];
  /** What nodes must agree in to take each other's place: features, CPUs and memory. */
  kind: string;
  partition: string;
}

export interface SlurmTask {
  /** Of the array, or of the job where it is none. */
  job: string;
  task: number;
  /** Of the task itself. */
  id: string;
  /** `RUNNING`, `NODE_FAIL`. */
  state: string;
  reason: string;
  /** What its batch script says, where nodes share no file system; else usually `(null)`. */
  comment: string;
}

/** @throws TareError (exit 3) where there is no Slurm, or it does not answer */
export async function slurmNodes(partition: string | null): Promise<SlurmNode[]> {
  const filter = partition === null ? [] : ['-p', partition];
  const text = await slurm('sinfo', ['-h', '-N', ...filter, '-o', '%N|%T|%f|%c|%m|%P']);
  const nodes = new Map(parseNodes(text).map((node) => [node.name, node]));
  return [...nodes.values()];
}

export function parseNodes(text: string): SlurmNode[] {
  return lines(text).map((line) => {
    const [name = '', state = '', features = '', cpus = '', memory = '', partition = ''] = line.split('|');
    return {
      name,
      state,
      features: features === '(null)' ? [] : features.split(','),
      kind: `${features} ${cpus} CPUs ${memory} MB`,
      partition: partition.replace(/\*$/, ''),
    };
  });
}

/** Nodes that a list such as `n[1-3],n7` means. */
export async function expandNodes(list: string): Promise<string[]> {
  return lines(await slurm('scontrol', ['show', 'hostnames', list]));
}

/** @returns the id of the job */
export async function submit(script: string, args: readonly string[]): Promise<string> {
  const text = await slurm('sbatch', ['--parsable', ...args], { input: script });
  return text.trim().split(';')[0] ?? '';
}

/** Tasks of these jobs that Slurm still knows, finished ones too for a while (MinJobAge). */
export async function slurmTasks(jobs: readonly string[]): Promise<SlurmTask[]> {
  if (jobs.length === 0) return [];
  // A job that is forgotten is an error of the whole call, so all of the user's jobs are asked for.
  const text = await slurm('squeue', ['-h', '-r', '--states=all', '-o', '%F|%K|%A|%T|%r|%k']);
  return parseTasks(text).filter(({ job }) => jobs.includes(job));
}

export function parseTasks(text: string): SlurmTask[] {
  return lines(text).map((line) => {
    const [job = '', task = '', id = '', state = '', reason = '', comment = ''] = line.split('|');
    return { job, task: Number(task) || 0, id, state, reason, comment };
  });
}

export async function cancel(jobs: readonly string[]): Promise<void> {
  if (jobs.length > 0) await slurm('scancel', [...jobs]);
}

/** Copies a file to the node of a task that runs. */
export async function sendFile(task: string, from: string, to: string): Promise<void> {
  // Slurm gives up on a message after ten seconds, which a disk that is slow or shared by many needs for a large one.
  await slurm('sbcast', [`--jobid=${task}`, '--force', '--timeout=120', from, to], { timeoutMs: hourMs });
}

/** What a shell on the node of a task that runs writes to its standard output. */
export async function readFromNode(task: string, script: string, file: string): Promise<void> {
  const one = ['--nodes=1', '--ntasks=1', '--overlap', '--export=NONE', '--chdir=/', '--input=none'];
  const path = 'export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
  await slurm('srun', [`--jobid=${task}`, ...one, '/bin/sh', '-c', `${path}; ${script}`], {
    timeoutMs: hourMs,
    stdoutFile: file,
  });
}

async function slurm(
  program: string,
  args: readonly string[],
  options: Pick<CommandOptions, 'input' | 'timeoutMs' | 'stdoutFile'> = {},
): Promise<string> {
  try {
    const { stdout } = await run(program, args, { timeoutMs: 60_000, ...options });
    return stdout;
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const what = error.isMissing
      ? `${program} is missing: a fleet is run from a host where Slurm's commands are (Debian: slurm-client); other ways to run on many hosts are in docs/fleet.md`
      : `Slurm does not do it: ${error.message}`;
    throw new TareError(what, exitCodes.unfit, { cause: error });
  }
}

function lines(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}
