/** A docker network of the run's own, so that addresses are known beforehand and the user's networks are left alone. */
import type { CleanUp } from '../machine/lease/clean-up.ts';
import { CommandError, run } from '../machine/command.ts';
import { runEngine, type EngineCommand } from '../container-engine/command.ts';
import { attachContainer, freeSubnets, type Attachment, type Subnet } from '../container-engine/network.ts';
import type { RunContext } from '../runner.ts';
import { labelOf } from './remove.ts';

export interface DockerNetwork {
  name: string;
  attach(): Promise<Attachment>;
}

/** @param whose an engine of Tare's lives in the run's network namespace, the user's in the one that Tare runs in */
export async function createDockerNetwork(
  engine: EngineCommand,
  whose: 'user' | 'own',
  platform: string,
  { runId, network }: RunContext,
  cleanUp: CleanUp,
): Promise<DockerNetwork> {
  const name = `${network.namespace}-${platform}`;
  const subnets = await freeSubnets(whose === 'own' ? network.namespace : null);
  const create = (subnet: Subnet): Promise<Subnet | null> =>
    createNetwork(engine, name, subnet, bridgeOf(runId, subnet), network.namespace);
  let made: Subnet | null = null;
  for (const subnet of subnets) {
    made = await cleanUp.add(create(subnet), async (created) => {
      if (created !== null) await runEngine(engine, ['network', 'rm', name]);
    });
    if (made !== null) break;
  }
  if (made === null)
    throw new Error('no subnet of 198.18.0.0/15 is free for the network of the docker engine');
  const subnet = made;
  const bridge = bridgeOf(runId, subnet);
  const device = whose === 'own' ? bridge : await joinBridge(bridge, subnet, network.namespace, cleanUp);
  return { name, attach: () => attachContainer(subnet, network.namespace, device) };
}

/** Null where another network of the engine has the subnet. */
async function createNetwork(
  engine: EngineCommand,
  name: string,
  subnet: Subnet,
  bridge: string,
  runName: string,
): Promise<Subnet | null> {
  const args = [
    ...['network', 'create', '--subnet', subnet.cidr, '--gateway', subnet.gateway],
    ...['--aux-address', `prober=${subnet.prober}`, '--label', labelOf(runName)],
    ...['--opt', `com.docker.network.bridge.name=${bridge}`, name],
  ];
  try {
    await runEngine(engine, args);
    return subnet;
  } catch (error) {
    if (error instanceof CommandError && /overlap/i.test(error.stderr)) return null;
    throw error;
  }
}

/** A veth from the run's namespace to the engine's bridge; it ends with the namespace, which is leased. */
async function joinBridge(
  bridge: string,
  subnet: Subnet,
  namespace: string,
  cleanUp: CleanUp,
): Promise<string> {
  const [outer, inner] = [`${bridge}p`, `docker${subnet.index}`];
  await cleanUp.add(
    run('ip', ['link', 'add', outer, 'type', 'veth', 'peer', 'name', inner, 'netns', namespace]),
    async () => {
      await run('ip', ['link', 'delete', outer], { accept: [0, 1] });
    },
  );
  await run('ip', ['link', 'set', outer, 'master', bridge, 'up']);
  const commands = [
    `address add ${subnet.prober}/${subnet.prefixLength} dev ${inner}`,
    `link set ${inner} up`,
  ];
  await run('ip', ['-netns', namespace, '-batch', '-'], { input: commands.join('\n') });
  return inner;
}

/** At most 15 characters, as Linux allows for a device, and one more for the veth on it. */
function bridgeOf(runId: string, { index }: Subnet): string {
  return `tare${runId.slice(0, 6)}-${index}`;
}
