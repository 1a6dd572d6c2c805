import { assetFile } from '../asset.ts';
import { run } from '../command.ts';

/**
 * Removes a tracing instance of the kernel, also where tracefs is mounted nowhere (instances live without a mount).
 * One that is not there is no error. Throws a CommandError when it is busy, or without the right.
 */
export async function removeTracingInstance(name: string): Promise<void> {
  await run('unshare', [
    '--mount',
    '--',
    'sh',
    assetFile('runners/machine/kernel/remove-tracing-instance.sh'),
    name,
  ]);
}
