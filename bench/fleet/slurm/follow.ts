/** Follows the tasks of a fleet to their ends, and has lost blocks run again on another node of the same kind. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommandContext } from '../../environment/context.ts';
import { TareError } from '../../environment/errors.ts';
import { batchOptions, batchScript, type BatchJob } from './batch-script.ts';
import { chooseNodes } from './choose-nodes.ts';
import { serveTask } from './broadcast.ts';
import { cancel, slurmNodes, slurmTasks, submit, type SlurmNode, type SlurmTask } from './cluster.ts';
import { writeJob, type FleetJob, type FleetTask } from './job-file.ts';
import { failureText, stateOf, writtenBy, type TaskState, type Written } from './progress.ts';

const periodMs = 2000;
/** A cluster on which everything is lost again and again must come to an end. */
const mostAgain = 2;

/** More would take each other's network. */
const servedAtOnce = 8;
/** A node that was just begun may not answer at once. */
const mostTries = 3;

/** A fleet whose jobs are submitted. */
export interface RunningFleet {
  job: FleetJob;
  folder: string;
}

export interface ShownTask {
  task: FleetTask;
  state: TaskState;
}

/**
 * Resolves once every task of all fleets is done or given up; the job files say which.
 *
 * @param show called with each look at all tasks
 */
export async function follow(
  fleets: readonly RunningFleet[],
  context: CommandContext,
  show: (tasks: readonly ShownTask[]) => void,
): Promise<void> {
  for (;;) {
    const shown: ShownTask[] = [];
    for (const fleet of fleets) {
      context.signal.throwIfAborted();
      shown.push(...(await lookAt(fleet, context)));
    }
    show(shown);
    // What was lost in this look may be run again by a task that it did not see yet.
    const tasks = fleets.reduce((sum, { job }) => sum + job.tasks.length, 0);
    if (shown.length === tasks && shown.every(({ state }) => state.is === 'done' || state.is === 'lost'))
      return;
    await sleep(periodMs, undefined, { signal: context.signal }).catch(() => undefined);
  }
}

async function lookAt({ job, folder }: RunningFleet, context: CommandContext): Promise<ShownTask[]> {
  const known = await slurmTasks(job.tasks.filter(({ lost }) => lost === null).map((each) => each.job));
  const down = known.some(({ state }) => state === 'PENDING') ? await downNodes(job) : new Set<string>();
  const shown: ShownTask[] = [];
  const slurmOf = ({ job: id, task }: FleetTask): SlurmTask | null =>
    known.find((each) => each.job === id && each.task === task) ?? null;
  const unserved = await serveTasks({ job, folder }, slurmOf, context);
  for (const task of [...job.tasks]) {
    const written = await writtenBy(folder, task);
    if (written.restarts > (task.requeued ?? 0)) {
      task.requeued = written.restarts;
      await writeJob(folder, job);
    }
    const notServed = unserved.get(task);
    const state: TaskState =
      task.lost !== null
        ? written.isDone
          ? { is: 'done' }
          : { is: 'lost', reason: task.lost, canRunAgain: false }
        : notServed === undefined
          ? stateOf(slurmOf(task), written, down.has(task.node))
          : { is: 'lost', reason: failureText(notServed), canRunAgain: true };
    shown.push({ task, state });
    if (state.is === 'lost' && task.lost === null) {
      await giveUp({ job, folder }, task, written, state, context);
    }
  }
  return shown;
}

/**
 * Brings and fetches where nodes share no file system. What does not succeed is tried again with the next look.
 *
 * @returns tasks that were tried for the last time, with what Slurm said
 */
async function serveTasks(
  { job, folder }: RunningFleet,
  slurmOf: (task: FleetTask) => SlurmTask | null,
  context: CommandContext,
): Promise<Map<FleetTask, string>> {
  const { broadcast } = job;
  const given = new Map<FleetTask, string>();
  if (typeof broadcast !== 'string') return given;
  const serve = async (task: FleetTask): Promise<void> => {
    const slurm = slurmOf(task);
    if (slurm === null || task.lost !== null) return;
    try {
      await serveTask({ folder, broadcast }, task, slurm);
      tries.delete(task);
    } catch (error) {
      if (!(error instanceof TareError)) throw error;
      context.log.debug(`${task.node}: ${error.message}`);
      tries.set(task, (tries.get(task) ?? 0) + 1);
      if ((tries.get(task) ?? 0) >= mostTries) given.set(task, error.message);
    }
  };
  for (let from = 0; from < job.tasks.length; from += servedAtOnce) {
    await Promise.all(job.tasks.slice(from, from + servedAtOnce).map(serve));
  }
  return given;
}

const tries = new WeakMap<FleetTask, number>();

async function downNodes({ partition }: FleetJob): Promise<Set<string>> {
  const nodes = await slurmNodes(partition);
  return new Set(
    nodes.filter(({ state }) => /^(down|fail|drained|unknown)/.test(state)).map(({ name }) => name),
  );
}

async function giveUp(
  { job, folder }: RunningFleet,
  task: FleetTask,
  written: Written,
  { reason, canRunAgain }: { reason: string; canRunAgain: boolean },
  context: CommandContext,
): Promise<void> {
  task.lost = reason;
  // It may still wait for its node, and must not begin once that comes back.
  await cancel([`${task.job}_${task.task}`]).catch(() => undefined);
  const left = task.blocks - written.blocks;
  const again = job.tasks.filter((each) => each.insteadOf !== null).length;
  const mayRunAgain =
    canRunAgain && left > 0 && again < mostAgain * job.tasks.filter((each) => each.insteadOf === null).length;
  const node = mayRunAgain ? await substitute(job, task) : null;
  task.left = { blocks: left, node: node?.name ?? null };
  if (node !== null) {
    context.log.warn(`${task.node}: ${reason}; ${left} of ${task.blocks} blocks run again on ${node.name}`);
    const insteadOf = { node: task.node, reason };
    job.tasks.push(...(await submitTasks(job, folder, { node, blocks: left, runs: 1, insteadOf })));
  } else if (left > 0) {
    context.log.warn(
      `${task.node}: ${reason}; ${mayRunAgain ? 'no other node of its kind can run the rest' : 'not run again'}`,
    );
  }
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
    broadcast: job.broadcast ?? null,
    args,
    features,
    name: `tare-${job.scenario.replace(/[^\w.-]/g, '-')}`,
  };
}
