/**
 * `tare clean`: removes what killed runs left behind, as their leases tell, and on request the cache. A run that
 * still lives keeps everything, and the cache with it.
 */
import type { Command } from '@commander-js/extra-typings';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { isOwnerAlive, listLeases } from '../../../runners/machine/lease/lease.ts';
import { removeCache } from '../../environment/cache-folder.ts';
import type { CommandContext } from '../../environment/context.ts';
import { exitCodes, TareError, type ExitCode } from '../../environment/errors.ts';
import type { CommandTools } from '../commands.ts';

export function define(command: Command, { act }: CommandTools): void {
  command
    .option('--all', 'also the cache: payloads, images, kernels')
    .action((chosen) => act((context) => cleanCommand(chosen, context)));
}

interface CleanOptions {
  all?: true | undefined;
}

export async function cleanCommand(options: CleanOptions, context: CommandContext): Promise<ExitCode> {
  const { stdout, log, folders } = context;
  const leases = await listLeases(folders.state);
  const living = leases.filter(isOwnerAlive);
  for (const lease of living) {
    stdout.write(`run ${lease.runId} is running (process ${lease.pid}): left alone\n`);
  }
  const remains: string[] = [];
  for (const lease of leases.filter((each) => !living.includes(each))) {
    log.progress(`removing what run ${lease.runId} left`);
    const left = await releaseLease(lease.file, log);
    log.progress('');
    if (left.length === 0) stdout.write(`run ${lease.runId}: removed what it left\n`);
    remains.push(...left);
  }
  if (leases.length === 0) stdout.write('no run left anything behind\n');
  if (remains.length > 0) {
    throw new TareError(`could not remove:\n  ${remains.join('\n  ')}`, exitCodes.failed);
  }
  if (options.all) await cleanCache(living.length > 0, context);
  return exitCodes.done;
}

async function cleanCache(isInUse: boolean, { stdout, log, folders }: CommandContext): Promise<void> {
  if (isInUse) {
    throw new TareError(
      'a run is using the cache, so it was not removed; try again when the run has ended',
      exitCodes.failed,
    );
  }
  log.progress(`removing the cache ${folders.cache}`);
  const removed = await removeCache(folders.cache);
  log.progress('');
  stdout.write(removed ? `removed the cache ${folders.cache}\n` : 'there is no cache\n');
}
