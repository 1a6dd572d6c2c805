/** Follows the tasks of a fleet to their ends, and has lost blocks run again on another node of the same kind. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '../../environment/context.ts';
import { batchOptions, batchScript, type BatchJob } from './batch-script.ts';
import { chooseNodes } from './choose-nodes.ts';
import { cancel, slurmNodes, slurmTasks, submit, type SlurmNode } from './cluster.ts';
import { writeJob, type FleetJob, type FleetTask } from './job-file.ts';
import { stateOf, writtenBy, type TaskState, type Written } from './progress.ts';

const periodMs = 2000;
/** A cluster on which everything is lost again and again must come to an end. */
const mostAgain = 2;

export interface FollowOptions {
  folder: string;
  context: CommandContext;
  /** Called with each look at all tasks. */
  show: (tasks: readonly ShownTask[]) => void;
}

export interface ShownTask {
  task: FleetTask;
  state: TaskState;
}

/** Resolves once every task is done or given up; the job file says which. */
export async function follow(job: FleetJob, { folder, context, show }: FollowOptions): Promise<void> {
  for (;;) {
    context.signal.throwIfAborted();
    const known = await slurmTasks(job.tasks.filter(({ lost }) => lost === null).map((each) => each.job));
    const down = known.some(({ state }) => state === 'PENDING') ? await downNodes(job) : new Set<string>();
    const shown: ShownTask[] = [];
    for (const task of [...job.tasks]) {
      const written = await writtenBy(folder, task);
      const slurm = known.find((each) => each.job === task.job && each.task === task.task) ?? null;
      const state: TaskState =
        task.lost === null
          ? stateOf(slurm, written, down.has(task.node))
          : written.isDone
            ? { is: 'done' }
            : { is: 'lost', reason: task.lost, canRunAgain: false };
      shown.push({ task, state });
      if (state.is === 'lost' && task.lost === null)
        await giveUp(job, task, written, state, { folder, context });
    }
    show(shown);
    if (
      shown.every(({ state }) => state.is === 'done' || state.is === 'lost') &&
      shown.length === job.tasks.length
    ) {
      return;
    }
    await sleep(periodMs, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

async function downNodes({ partition }: FleetJob): Promise<Set<string>> {
  const nodes = await slurmNodes(partition);
  return new Set(
    nodes.filter(({ state }) => /^(down|fail|drained|unknown)/.test(state)).map(({ name }) => name),
  );
}

async function giveUp(
  job: FleetJob,
  task: FleetTask,
  written: Written,
  { reason, canRunAgain }: { reason: string; canRunAgain: boolean },
  { folder, context }: Pick<FollowOptions, 'folder' | 'context'>,
): Promise<void> {
  task.lost = reason;
  // It may still wait for its node, and must not begin once that comes back.
  await cancel([`${task.job}_${task.task}`]).catch(() => undefined);
  const left = task.blocks - written.blocks;
  const again = job.tasks.filter((each) => each.insteadOf !== null).length;
  if (
    canRunAgain &&
    left > 0 &&
    again < mostAgain * job.tasks.filter((each) => each.insteadOf === null).length
  ) {
    const node = await substitute(job, task);
    if (node === null)
      context.log.warn(`${task.node}: ${reason}; no other node of its kind can run the rest`);
    else {
      context.log.warn(`${task.node}: ${reason}; ${left} of ${task.blocks} blocks run again on ${node.name}`);
      const insteadOf = { node: task.node, reason };
      job.tasks.push(...(await submitTasks(job, folder, { node, blocks: left, runs: 1, insteadOf })));
    }
  } else if (left > 0) context.log.warn(`${task.node}: ${reason}; not run again`);
  await writeJob(folder, job);
}

/** The node of the same kind that has the least to do; null: there is none. */
async function substitute(job: FleetJob, { node, kind }: FleetTask): Promise<SlurmNode | null> {
  const lost = new Set(job.tasks.filter((task) => task.lost !== null).map((task) => task.node));
  const others = (await slurmNodes(job.partition)).filter(
    (each) => each.kind === kind && each.name !== node && !lost.has(each.name),
  );
  const load = ({ name }: SlurmNode): number => job.tasks.filter((task) => task.node === name).length;
  try {
    const able = chooseNodes(others, { nodes: null, list: null, constraint: job.constraint });
    return able.sort((a, b) => load(a) - load(b))[0] ?? null;
  } catch {
    return null;
  }
}

export async function submitTasks(
  job: FleetJob,
  folder: string,
  {
    node,
    blocks,
    runs,
    insteadOf,
  }: { node: SlurmNode; blocks: number; runs: number; insteadOf: FleetTask['insteadOf'] },
): Promise<FleetTask[]> {
  const batch = batchOf(job, folder, blocks, node);
  const { partition, constraint, time } = job;
  const id = await submit(
    batchScript(batch),
    batchOptions(batch, { node: node.name, runs, partition, constraint, time }),
  );
  return Array.from({ length: runs }, (_, task) => ({
    node: node.name,
    kind: node.kind,
    job: id,
    task,
    blocks,
    insteadOf,
    lost: null,
  }));
}

export function batchOf(
  job: FleetJob,
  folder: string,
  blocks: number,
  { features }: Pick<SlurmNode, 'features'>,
): BatchJob {
  const args = [...job.args, '--samples', String(blocks)];
  return {
    folder,
    program: job.program,
    args,
    features,
    name: `tare-${job.scenario.replace(/[^\w.-]/g, '-')}`,
  };
}
