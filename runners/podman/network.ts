/** Podman's network for a run: a bridge in the run's network namespace, run by netavark as podman's own is. */
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CleanUp } from '../machine/lease/clean-up.ts';
import { run } from '../machine/command.ts';
import { attachContainer, freeSubnets, type Attachment, type Subnet } from '../container-engine/network.ts';

export interface PodmanNetwork {
  name: string;
  attach(): Promise<Attachment>;
}

/** @param folder podman's folder of networks */
export async function createPodmanNetwork(
  namespace: string,
  folder: string,
  cleanUp: CleanUp,
): Promise<PodmanNetwork> {
  const [subnet] = await freeSubnets(namespace);
  if (!subnet) throw new Error("no subnet of 198.18.0.0/15 is free in the run's network");
  const bridge = `podman${subnet.index}`;
  await cleanUp.add(makeBridge(namespace, bridge, subnet), () => removeBridge(namespace, bridge));
  const name = `tare${subnet.index}`;
  await writeFile(join(folder, `${name}.json`), JSON.stringify(definition(name, bridge, subnet)));
  return { name, attach: () => attachContainer(subnet, namespace, bridge) };
}

/**
 * Netavark would make the bridge with the first container and remove it with the last. With a port of ours it stays, and
 * with it the neighbours that are known on it; no start pays for it.
 */
async function makeBridge(namespace: string, bridge: string, subnet: Subnet): Promise<void> {
  const commands = [
    `link add ${bridge} type bridge`,
    `link set ${bridge} addrgenmode none`,
    `address add ${subnet.gateway}/${subnet.prefixLength} dev ${bridge}`,
    `link add ${bridge}p type veth peer name ${bridge}q`,
    `link set ${bridge}p master ${bridge} up`,
    `link set ${bridge}q up`,
    `link set ${bridge} up`,
  ];
  await run('ip', ['-netns', namespace, '-batch', '-'], { input: commands.join('\n') });
}

async function removeBridge(namespace: string, bridge: string): Promise<void> {
  const commands = [`link delete ${bridge}p`, `link delete ${bridge}`];
  await run('ip', ['-netns', namespace, '-force', '-batch', '-'], {
    input: commands.join('\n'),
    accept: [0, 1, 2],
  });
}

/** As `podman network create` writes it; that command cannot be told the bridge's name before version 4.4. */
function definition(name: string, bridge: string, { cidr, gateway }: Subnet): Record<string, unknown> {
  return {
    name,
    id: createHash('sha256').update(name).digest('hex'),
    driver: 'bridge',
    network_interface: bridge,
    created: new Date(0).toISOString(),
    subnets: [{ subnet: cidr, gateway }],
    ipv6_enabled: false,
    internal: false,
    dns_enabled: false,
    ipam_options: { driver: 'host-local' },
  };
}
