/** The program `ip`, inside a network namespace. */
import { join } from 'node:path';
import { assetFile } from '../asset.ts';
import { run } from '../command.ts';
import { requireProgram } from '../programs.ts';

/** Where iproute2 keeps named namespaces. */
export const namespaceFolder = '/run/netns';

/**
 * Runs commands of `ip` in a namespace; they come on standard input, since starting it costs more than a command.
 * By nsenter: `ip -netns` enters a mount namespace too, and to copy one that holds thousands of mounts takes milliseconds.
 */
export async function ip(
  namespace: string,
  commands: readonly string[],
  options: readonly string[] = [],
): Promise<void> {
  const args = [`--net=${join(namespaceFolder, namespace)}`, '--', 'ip', ...options, '-batch', '-'];
  await run('nsenter', args, { input: commands.join('\n') });
}

/**
 * The beginning of a command line that runs commands of `ip` in several namespaces, one after the other, and then becomes
 * what follows it. It ends, with what `ip` says, when a command fails.
 */
export async function ipInEach(
  steps: readonly { namespace: string; commands: readonly string[] }[],
): Promise<[string, ...string[]]> {
  const args = steps.flatMap(({ namespace, commands }) => [namespace, commands.join('\n')]);
  return [await requireProgram('sh'), assetFile('runners/machine/network/ip.sh'), ...args, '--'];
}
