/** The state of a fleet that runs: which tasks there are, and what has become of each. It is a file in the fleet's folder. */
import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { exitCodes, TareError } from '../../environment/errors.ts';
import { writeWhole } from '../../environment/write-whole.ts';
import type { FleetIncident } from '../../record/fleet.ts';
import { readJson } from '../../store/read-record.ts';

const jobFile = 'fleet-job.json';

const task = z.strictObject({
  node: z.string(),
  /** Nodes of one kind can take each other's place. */
  kind: z.string(),
  job: z.string(),
  task: z.int().min(0),
  /** Blocks it is to sample, as the scenario or the loss has it. */
  blocks: z.int().min(1),
  /** Of which lost task it runs the rest. */
  insteadOf: z.strictObject({ node: z.string(), reason: z.string() }).nullable(),
  /** Why it was given up; null: it was not. */
  lost: z.string().nullable(),
  /** What became of the blocks that it left: they run again, or nobody could run so many. */
  left: z.strictObject({ blocks: z.int().min(0), node: z.string().nullable() }).optional(),
  /** How often Slurm has begun it again. */
  requeued: z.int().min(0).optional(),
});

const schema = z.strictObject({
  fleetJobVersion: z.literal(1),
  scenario: z.string(),
  program: z.array(z.string()),
  /** Arguments of `tare run` but for the number of samples. */
  args: z.array(z.string()),
  partition: z.string().nullable(),
  constraint: z.string().nullable(),
  time: z.string().nullable(),
  /** Folder on each node for what is brought there; null or absent: nodes share a file system. */
  broadcast: z.string().nullable().optional(),
  tasks: z.array(task),
});

export type FleetJob = z.infer<typeof schema>;
export type FleetTask = z.infer<typeof task>;

export async function writeJob(folder: string, job: FleetJob): Promise<void> {
  await writeWhole(join(folder, jobFile), `${JSON.stringify(job, null, 2)}\n`);
}

/**
 * Folders of the fleets that a name means: of one, or of several that were begun together.
 *
 * @throws TareError (exit 2) where there is none
 */
export async function fleetFolders(folder: string): Promise<string[]> {
  if (existsSync(join(folder, jobFile))) return [folder];
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const inside = entries
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(folder, name))
    .filter((each) => existsSync(join(each, jobFile)))
    .sort();
  if (inside.length > 0) return inside;
  throw new TareError(
    `${folder}: there is no ${jobFile}; expected the folder that tare fleet run has named`,
    exitCodes.usage,
  );
}

/** @throws TareError (exit 2) */
export async function readJob(folder: string): Promise<FleetJob> {
  const path = join(folder, jobFile);
  const parsed = schema.safeParse(await readJson(path));
  if (parsed.success) return parsed.data;
  throw new TareError(`${path}: this is not the state of a fleet that tare fleet run began`, exitCodes.usage);
}

/** Where a task's run lies; the batch script has the same path. */
export function runOfTask(folder: string, { node, job, task: number }: FleetTask): string {
  return join(folder, 'runs', node, `${job}-${number}`);
}

/** For the report: tasks that did not simply run; those of a node that share their fate are one. */
export function incidentsOf({ tasks }: FleetJob): FleetIncident[] {
  const found = new Map<string, FleetIncident>();
  for (const { node, lost, left, requeued = 0 } of tasks) {
    if (lost === null && requeued === 0) continue;
    const key = JSON.stringify([node, lost, left?.node]);
    const before = found.get(key);
    const blocks = (before?.lost?.blocks ?? 0) + (left?.blocks ?? 0);
    found.set(key, {
      host: node,
      lost: lost === null ? null : { reason: lost, blocks, again: left?.node ?? null },
      requeued: (before?.requeued ?? 0) + requeued,
    });
  }
  return [...found.values()];
}
