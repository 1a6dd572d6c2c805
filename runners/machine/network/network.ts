/**
 * The run's own network: one namespace with a bridge (and more of them for many instances, see bridges.ts). Containers
 * and processes join it with a veth pair, VMs with a tap device; the prober and the load generator run inside it.
 * Nothing of it touches the host's network.
 */
import { join } from 'node:path';
import { bridgesIn, neighbour, type Place } from './bridges.ts';
import { CommandError, run } from '../command.ts';
import { ip, ipInEach, namespaceFolder } from './ip.ts';
import type { Lease } from '../lease/lease.ts';

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

/** One that whoever uses it makes. */
export interface PreparedNamespace extends NamespaceAttachment {
  /** The beginning of a command line that makes it and then becomes what follows; it needs the system's PATH. */
  setUp: [string, ...string[]];
}

export interface TapAttachment extends NetworkAddress {
  /** Name of the tap device inside the run's namespace. */
  device: string;
  dispose(): Promise<void>;
}

/** A place on a bridge for a device that an engine makes when it starts a container. */
export interface ReservedPlace extends NetworkAddress {
  bridge: string;
  /** Name that the device is to have there, inside the run's namespace. */
  device: string;
  /** Removes the device, too, where its engine has left it. */
  dispose(): Promise<void>;
}

/** All addresses are known to the run's namespace as neighbours already: no connection waits for ARP. */
export interface RunNetwork {
  /** Name of the run's namespace, as `ip netns` knows it. */
  readonly namespace: string;
  /** Its path, for setns. */
  readonly nsPath: string;
  /** A namespace of the instance's own, joined to the bridge; address and loopback are set. */
  attachNamespace(id: string): Promise<NamespaceAttachment>;
  /**
   * The same, to be made by the instance's own start command: a harness of thousands of instances pays for each program that it
   * starts, and for each that ends, by the number of instances.
   */
  prepareNamespace(id: string): Promise<PreparedNamespace>;
  /**
   * A tap device on the bridge in the run's namespace.
   *
   * @param owner number of the user who may open it; nobody else may, but for root
   */
  attachTap(owner: number): Promise<TapAttachment>;
  /** An address, for whoever makes the device later. */
  reserve(): Promise<ReservedPlace>;
}

/** Makes the run's namespace; the lease removes it with all that is in it. */
export async function createRunNetwork(runId: string, lease: Lease): Promise<RunNetwork> {
  const namespace = `tare-${runId}`;
  await lease.add({ kind: 'netns', name: namespace });
  await run('ip', ['netns', 'add', namespace]);
  await ip(namespace, ['link set lo up']);
  await disableIpv6(namespace);
  const bridges = bridgesIn(namespace);
  const prepare = async (id: string): Promise<PreparedNamespace> =>
    prepareNamespace(`${namespace}-${id}`, namespace, await bridges.next(), lease);
  return {
    namespace,
    nsPath: join(namespaceFolder, namespace),
    attachNamespace: async (id) => attachNamespace(await prepare(id)),
    prepareNamespace: prepare,
    attachTap: async (owner) => attachTap(namespace, await bridges.next(), owner),
    reserve: async () => reserve(namespace, await bridges.next()),
  };
}

/**
 * For devices to come. IPv6 would send duplicate address detection and router solicitations over the wire of every instance, and
 * keep a route for each device in a list that the kernel goes through when it adds one. A kernel without IPv6 has no such file.
 */
async function disableIpv6(namespace: string): Promise<void> {
  const script = 'f=/proc/sys/net/ipv6/conf/default/disable_ipv6; [ ! -e $f ] || echo 1 >$f';
  await run('nsenter', [`--net=${join(namespaceFolder, namespace)}`, '--', 'sh', '-euc', script]);
}

async function prepareNamespace(
  name: string,
  runNamespace: string,
  place: Place,
  lease: Lease,
): Promise<PreparedNamespace> {
  const device = `v${place.number}`;
  const outside = [
    `netns add ${name}`,
    `link add ${device} type veth peer name eth0 address ${place.mac} netns ${name}`,
    `link set ${device} master ${place.bridge} up`,
  ];
  const inside = [
    'link set lo up',
    'link set eth0 addrgenmode none',
    `address add ${place.address}/${place.prefixLength} dev eth0`,
    'link set eth0 up',
    `route add default via ${place.gateway}`,
    neighbour(place.gateway, place.gatewayMac, 'eth0'),
  ];
  const setUp = await ipInEach([
    { namespace: runNamespace, commands: outside },
    { namespace: name, commands: inside },
  ]);
  await lease.add({ kind: 'netns', name });
  return {
    ...addressAt(place),
    nsPath: join(namespaceFolder, name),
    setUp,
    async dispose() {
      // Ending the pair here, and not with its namespace, makes it gone when this returns: the kernel empties a
      // namespace later, in the background.
      await removeDevice(runNamespace, device, [`netns delete ${name}`]);
      await lease.drop({ kind: 'netns', name });
    },
  };
}

async function attachNamespace({ setUp, ...attachment }: PreparedNamespace): Promise<NamespaceAttachment> {
  const [program, ...args] = setUp;
  try {
    await run(program, [...args, 'true']);
  } catch (error) {
    await attachment.dispose().catch(() => undefined);
    throw error;
  }
  return attachment;
}

/** The guest's own kernel answers on the tap. A tap of nobody's may be opened by anybody, or on some kernels of 6.12 by root alone. */
async function attachTap(runNamespace: string, place: Place, owner: number): Promise<TapAttachment> {
  const device = `tap${place.number}`;
  const dispose = (): Promise<void> => removeDevice(runNamespace, device);
  try {
    await ip(runNamespace, [
      `tuntap add dev ${device} mode tap user ${owner} vnet_hdr`,
      `link set ${device} master ${place.bridge} up`,
    ]);
  } catch (error) {
    await dispose().catch(() => undefined);
    throw error;
  }
  return { ...addressAt(place), device, dispose };
}

function reserve(runNamespace: string, place: Place): ReservedPlace {
  const device = `e${place.number}`;
  const dispose = (): Promise<void> => removeDevice(runNamespace, device);
  return { ...addressAt(place), bridge: place.bridge, device, dispose };
}

/** Nothing to remove is no error; `-force` goes on with the next command. */
async function removeDevice(
  runNamespace: string,
  device: string,
  more: readonly string[] = [],
): Promise<void> {
  try {
    await ip(runNamespace, [`link delete ${device}`, ...more], ['-force']);
  } catch (error) {
    const lines = error instanceof CommandError ? error.stderr.split('\n') : [];
    if (lines.length === 0 || !lines.every((line) => gone.test(line))) throw error;
  }
}

/** What `ip` says of a device or a namespace that is not there, and the line it adds. */
const gone = /^Cannot find device|No such file or directory$|^Command failed -:\d+$/;

function addressAt({ address, prefixLength, gateway, mac }: Place): NetworkAddress {
  return { address, prefixLength, gateway, mac };
}
