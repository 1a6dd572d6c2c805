/** The state of a fleet that runs: which tasks there are, and what has become of each. It is a file in the fleet's folder. */
import { join } from 'node:path';
import { z } from 'zod';
import { exitCodes, TareError } from '../../environment/errors.ts';
import { writeWhole } from '../../environment/write-whole.ts';
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
  tasks: z.array(task),
});

export type FleetJob = z.infer<typeof schema>;
export type FleetTask = z.infer<typeof task>;

export async function writeJob(folder: string, job: FleetJob): Promise<void> {
  await writeWhole(join(folder, jobFile), `${JSON.stringify(job, null, 2)}\n`);
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
