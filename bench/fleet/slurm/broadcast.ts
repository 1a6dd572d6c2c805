/**
 * Nodes that share no file system: what a task needs is copied to its node by `sbcast`, and its run is fetched once it has
 * ended. The batch script says by its job's comment which of them it waits for.
 */
import { copyFile, mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { run } from '../../../runners/machine/command.ts';
import { withTemporary } from '../../../runners/payload/cache-entry.ts';
import { buildPayload } from '../../../runners/payload/build-payload.ts';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError } from '../../environment/errors.ts';
import { copyProgram, requireBuilt } from '../../environment/program-copy.ts';
import { figure } from '../../record/figures.ts';
import type { Given } from '../../run/given.ts';
import { fillOwnCache } from '../../run/rehearse.ts';
import { logName, nodeFolder } from './batch-script.ts';
import { bundleFiles } from './bundle-files.ts';
import { readFromNode, sendFile, type SlurmTask } from './cluster.ts';
import { runOfTask, type FleetTask } from './job-file.ts';
import { nodeSays } from './progress.ts';

const bundleFile = 'bundle.tar';
/** Sent last: with it the node sees that all is there, and is what was sent. */
const digestFile = 'bundle.sha256';

/** Packs Node, this build, the payload and what is packed from it into a file of the fleet's folder. */
export async function packBundle(
  scenario: ResolvedScenario,
  folder: string,
  context: CommandContext,
): Promise<void> {
  requireBuilt('dist/bench/cli.js', '--broadcast');
  const { signal, log, folders } = context;
  const { cache } = folders;
  const payload = await buildPayload(scenario.workload.rootfs, { cache, signal, log });
  log.progress('packing what the nodes need: payload, images and this build');
  await withTemporary(join(cache, 'scratch'), async (temporary) => {
    const tree = join(temporary, 'tree');
    await mkdir(tree, { recursive: true });
    const places = { own: join(tree, bundleFiles.cache), folder: join(temporary, 'rehearsal') };
    await fillOwnCache(scenario, payload, places, context);
    await copyProgram(tree);
    const given: Given = { scenario, payload: { digest: payload.digest, image: payload.image } };
    await writeFile(join(tree, bundleFiles.given), JSON.stringify(given));
    const exactly = ['--xattrs', '--xattrs-include=*', '--numeric-owner', '--sparse'];
    await run('tar', [...exactly, '-cf', join(folder, bundleFile), '-C', tree, '.'], { signal });
  });
  await run('sha256sum', [bundleFile], { cwd: folder, stdoutFile: join(folder, digestFile), signal });
}

export async function removeBundle(folder: string): Promise<void> {
  for (const file of [bundleFile, digestFile]) await rm(join(folder, file), { force: true });
}

export interface BroadcastFleet {
  folder: string;
  /** Folder on each node. */
  broadcast: string;
}

/** What each task was served last: it takes a while to see that, and says the same until then. */
const served = new WeakMap<FleetTask, string>();

/** Does what the task waits for. */
export async function serveTask(fleet: BroadcastFleet, task: FleetTask, slurm: SlurmTask): Promise<void> {
  const asks = slurm.state === 'RUNNING' ? slurm.comment : '';
  if (served.get(task) === asks) return;
  served.delete(task);
  const exit = nodeSays.hasEnded.exec(asks)?.[1];
  if (asks === nodeSays.needsFiles) await sendBundle(fleet, task, slurm.id);
  else if (exit !== undefined) await fetchRun(fleet, task, slurm.id, exit);
  served.set(task, asks);
}

async function sendBundle({ folder, broadcast }: BroadcastFleet, task: FleetTask, id: string): Promise<void> {
  const own = nodeFolder(broadcast, task.node, task.job);
  try {
    await sendFile(id, join(folder, bundleFile), `${own}/bundle.tar`);
  } catch (error) {
    await refuseFullDisk({ folder, broadcast }, id);
    throw error;
  }
  await sendFile(id, join(folder, digestFile), `${own}/${digestFile}`);
}

/**
 * sbcast does not say why a node could not write.
 *
 * @throws TareError where its disk has no room for what is sent
 */
async function refuseFullDisk({ folder, broadcast }: BroadcastFleet, id: string): Promise<void> {
  const answer = join(folder, `.free-${id}`);
  await readFromNode(id, `df -Pk ${broadcast} | awk 'NR == 2 { print $4 }'`, answer);
  const free = 1024 * Number(await readFile(answer, 'utf8'));
  await rm(answer);
  const { size } = await stat(join(folder, bundleFile));
  if (free > 2 * size) return;
  throw new TareError(
    `no space left in ${broadcast}: ${figure(2 * size, 'bytes')} are needed, and ${figure(free, 'bytes')} are free`,
    exitCodes.unfit,
  );
}

async function fetchRun(
  { folder, broadcast }: BroadcastFleet,
  task: FleetTask,
  id: string,
  exit: string,
): Promise<void> {
  const own = nodeFolder(broadcast, task.node, task.job);
  const path = runOfTask(folder, task);
  const log = logName(task.node, task.job, task.task);
  const [name, archive] = [`${task.job}-${task.task}`, `${path}.tar`];
  await mkdir(dirname(path), { recursive: true });
  await readFromNode(
    id,
    `cd ${own}/runs && exec tar -cf - --ignore-failed-read "${name}"* -C ${broadcast} ${log}`,
    archive,
  );
  await run('tar', ['-xf', archive, '-C', dirname(path)]);
  await copyFile(join(dirname(path), log), join(folder, 'logs', log)).catch(() => undefined);
  for (const left of [archive, join(dirname(path), log)]) await rm(left, { force: true });
  // A node whose disk is full may not have been able to write it.
  await writeFile(`${path}.exit`, `${exit}\n`);
  // Any file will do.
  await sendFile(id, `${path}.exit`, `${own}/runs/${name}.fetched`);
}
