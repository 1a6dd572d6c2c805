/**
 * The network that containers of an engine are in: a bridge that the engine makes or uses as its own, as its users have
 * it, with a subnet and addresses that are known before a container is started.
 */
import { run } from '../machine/command.ts';

/** Set apart for benchmarks (RFC 2544), so that it meets nobody's network; one block of it for one engine of a run. */
const addressesPerBlock = 4096;
const blocks = 32;
const first = toNumber('198.18.0.0');
/** The bridge's, then the prober's where it needs one; then the containers'. */
const bridgeOffset = 1;
const proberOffset = 2;

export interface Subnet {
  /** Its number among all blocks. */
  index: number;
  cidr: string;
  gateway: string;
  prober: string;
  prefixLength: number;
  /** Each address is given once: a new container must not meet connections of an older one. */
  nextAddress(): { address: string; mac: string };
}

export interface Attachment {
  address: string;
  mac: string;
  dispose(): Promise<void>;
}

/** Subnets that no route of a network namespace (null: the one Tare runs in) overlaps. */
export async function freeSubnets(namespace: string | null): Promise<Subnet[]> {
  const where = namespace === null ? [] : ['-netns', namespace];
  const { stdout } = await run('ip', [...where, '-4', '-json', 'route', 'show', 'table', 'main']);
  const routes = (JSON.parse(stdout) as { dst: string }[]).map(({ dst }) => dst);
  return Array.from({ length: blocks }, (_, index) => index)
    .filter((index) => !routes.some((destination) => overlapping(index, destination)))
    .map(subnetAt);
}

/**
 * An address for one more container, known to the prober's namespace as a neighbour on that device: no connection waits
 * for ARP then, which would ask again only after a second.
 */
export async function attachContainer(
  subnet: Subnet,
  namespace: string,
  device: string,
): Promise<Attachment> {
  const { address, mac } = subnet.nextAddress();
  const ip = ['-netns', namespace, 'neighbour'];
  await run('ip', [...ip, 'replace', address, 'lladdr', mac, 'dev', device, 'nud', 'permanent']);
  return {
    address,
    mac,
    async dispose() {
      // It is gone already where the device is.
      await run('ip', [...ip, 'delete', address, 'dev', device], { accept: [0, 1, 2] });
    },
  };
}

export function subnetAt(index: number): Subnet {
  const from = first + index * addressesPerBlock;
  const prefixLength = 32 - Math.log2(addressesPerBlock);
  let offset = proberOffset;
  return {
    index,
    cidr: `${toAddress(from)}/${prefixLength}`,
    gateway: toAddress(from + bridgeOffset),
    prober: toAddress(from + proberOffset),
    prefixLength,
    nextAddress() {
      offset += 1;
      // The last one is the broadcast address.
      if (offset >= addressesPerBlock - 1)
        throw new Error(`the engine's network has no address left (${offset} were given)`);
      return { address: toAddress(from + offset), mac: macOf(from + offset) };
    },
  };
}

/** Whether a route leads into a block; the default route, which leads everywhere, does not count. */
export function overlapping(index: number, destination: string): boolean {
  if (destination === 'default') return false;
  const [address = '', length = '32'] = destination.split('/');
  const size = 2 ** (32 - Number(length));
  const low = Math.floor(toNumber(address) / size) * size;
  const from = first + index * addressesPerBlock;
  return low < from + addressesPerBlock && low + size > from;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function toAddress(number: number): string {
  return [24, 16, 8, 0].map((shift) => (number >>> shift) & 0xff).join('.');
}

/** As docker derives it from the address, where it cannot be told. */
function macOf(number: number): string {
  const bytes = [24, 16, 8, 0].map((shift) => ((number >>> shift) & 0xff).toString(16).padStart(2, '0'));
  return ['02', '42', ...bytes].join(':');
}
