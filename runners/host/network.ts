/**
 * The run's own network: one namespace with one bridge. Containers and processes join it with a veth pair, VMs with
 * a tap device; the prober and the load generator run inside it. Nothing of it touches the host's network.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CommandError, run } from './command.ts';
import type { Lease } from './lease.ts';

export interface NetworkAddress {
  /** IPv4 address of the instance. */
  address: string;
  prefixLength: number;
  gateway: string;
  mac: string;
}

export interface NamespaceAttachment extends NetworkAddress {
  /** Path of the instance's own network namespace, for setns. */
  nsPath: string;
  dispose(): Promise<void>;
}

export interface TapAttachment extends NetworkAddress {
  /** Name of the tap device inside the run's namespace. */
  device: string;
  dispose(): Promise<void>;
}

export interface RunNetwork {
  /** Name of the run's namespace, as `ip netns` knows it. */
  readonly namespace: string;
  /** Its path, for setns. */
  readonly nsPath: string;
  /** A namespace of the instance's own, joined to the bridge; address, loopback and neighbour entry are set. */
  attachNamespace(id: string): Promise<NamespaceAttachment>;
  /** A tap device on the bridge in the run's namespace, with a permanent neighbour entry for its guest. */
  attachTap(id: string): Promise<TapAttachment>;
}

/** Where iproute2 keeps named namespaces. */
export const namespaceFolder = '/run/netns';

const prefixLength = 16;
const bridge = 'br0';
const gateway = addressOf(1);
const gatewayMac = macOf(1);
const lastNumber = 0xfffe;

/**
 * Makes the run's namespace and bridge; the lease removes them. Every `ip` here gets its commands on standard input,
 * since starting it costs more than a command. IPv6 addresses are not generated: duplicate address detection and
 * router solicitations would be noise on the wire of every instance.
 */
export async function createRunNetwork(runId: string, lease: Lease): Promise<RunNetwork> {
  const namespace = `tare-${runId}`;
  await addNamespace(namespace, lease);
  await ip(namespace, [
    'link set lo up',
    `link add ${bridge} address ${gatewayMac} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `link set ${bridge} addrgenmode none`,
    `address add ${gateway}/${prefixLength} dev ${bridge}`,
    `link set ${bridge} up`,
  ]);
  // Addresses are given once: a new instance must not meet connections or neighbour entries of an older one.
  let number = 1;
  const nextAddress = (): NetworkAddress & { number: number } => {
    number += 1;
    if (number > lastNumber)
      throw new Error(`the run's network has no address left (${lastNumber} were given)`);
    return { number, address: addressOf(number), prefixLength, gateway, mac: macOf(number) };
  };
  return {
    namespace,
    nsPath: join(namespaceFolder, namespace),
    async attachNamespace(id) {
      const { number, ...address } = nextAddress();
      return attachNamespace(`${namespace}-${id}`, namespace, `v${number}`, address, lease);
    },
    async attachTap() {
      const { number, ...address } = nextAddress();
      return attachTap(namespace, `tap${number}`, address);
    },
  };
}

async function attachNamespace(
  name: string,
  runNamespace: string,
  device: string,
  address: NetworkAddress,
  lease: Lease,
): Promise<NamespaceAttachment> {
  await addNamespace(name, lease);
  const dispose = async (): Promise<void> => {
    // Ending the pair here, and not with its namespace, makes it gone when this returns: the kernel empties a
    // namespace later, in the background.
    await removeDevice(runNamespace, device, address);
    if (await exists(join(namespaceFolder, name))) await run('ip', ['netns', 'delete', name]);
    await lease.drop({ kind: 'netns', name });
  };
  try {
    await ip(runNamespace, [
      `link add ${device} type veth peer name eth0 address ${address.mac} netns ${name}`,
      `link set ${device} addrgenmode none`,
      `link set ${device} master ${bridge} up`,
      neighbour(address.address, address.mac, bridge),
    ]);
    await ip(name, [
      'link set lo up',
      'link set eth0 addrgenmode none',
      `address add ${address.address}/${prefixLength} dev eth0`,
      'link set eth0 up',
      `route add default via ${gateway}`,
      neighbour(gateway, gatewayMac, 'eth0'),
    ]);
  } catch (error) {
    await dispose().catch(() => undefined);
    throw error;
  }
  return { ...address, nsPath: join(namespaceFolder, name), dispose };
}

/** The guest's own kernel answers on the tap; with the neighbour known, no ARP comes before the first attempt. */
async function attachTap(
  runNamespace: string,
  device: string,
  address: NetworkAddress,
): Promise<TapAttachment> {
  const dispose = (): Promise<void> => removeDevice(runNamespace, device, address);
  try {
    await ip(runNamespace, [
      `tuntap add dev ${device} mode tap vnet_hdr`,
      `link set ${device} addrgenmode none`,
      `link set ${device} master ${bridge} up`,
      neighbour(address.address, address.mac, bridge),
    ]);
  } catch (error) {
    await dispose().catch(() => undefined);
    throw error;
  }
  return { ...address, device, dispose };
}

async function addNamespace(name: string, lease: Lease): Promise<void> {
  await lease.add({ kind: 'netns', name });
  await run('ip', ['netns', 'add', name]);
}

/** Nothing to remove is no error; `-force` goes on with the next command. */
async function removeDevice(runNamespace: string, device: string, address: NetworkAddress): Promise<void> {
  const args = ['-netns', runNamespace, '-force', '-batch', '-'];
  const commands = [`link delete ${device}`, `neighbour delete ${address.address} dev ${bridge}`];
  try {
    await run('ip', args, { input: commands.join('\n') });
  } catch (error) {
    const lines = error instanceof CommandError ? error.stderr.split('\n') : [];
    if (lines.length === 0 || !lines.every((line) => gone.test(line))) throw error;
  }
}

/** What `ip` says of a device, an entry or a namespace that is not there, and the line it adds. */
const gone = /^Cannot find device|No such file or directory$|^Command failed -:\d+$/;

async function ip(namespace: string, commands: readonly string[]): Promise<void> {
  await run('ip', ['-netns', namespace, '-batch', '-'], { input: commands.join('\n') });
}

function neighbour(address: string, mac: string, device: string): string {
  return `neighbour replace ${address} lladdr ${mac} dev ${device} nud permanent`;
}

function addressOf(number: number): string {
  return `10.87.${number >> 8}.${number & 0xff}`;
}

/** Locally administered; the same for the same place in a run, so that two runs do not differ by chance. */
function macOf(number: number): string {
  const [high, low] = [number >> 8, number & 0xff].map((byte) => byte.toString(16).padStart(2, '0'));
  return `02:74:61:72:${high}:${low}`;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
