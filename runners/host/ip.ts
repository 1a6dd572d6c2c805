/** The program `ip`, inside a network namespace. */
import { join } from 'node:path';
import { assetFile } from './asset.ts';
import { run } from './command.ts';

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

/** The same in several namespaces, one after the other, as one program: starting one keeps this process waiting. */
export async function ipInEach(
  steps: readonly { namespace: string; commands: readonly string[] }[],
): Promise<void> {
  const args = steps.flatMap(({ namespace, commands }) => [namespace, commands.join('\n')]);
  await run('sh', [assetFile('runners/host/ip.sh'), ...args]);
}
