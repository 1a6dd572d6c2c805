/**
 * The bridges of a run and the addresses on them. A bridge sends the first packet for an address to all its ports, and goes
 * through all of them when one is added; more than 1,023 the kernel does not let it have (BR_MAX_PORTS in
 * net/bridge/br_private.h). So every 253 instances get a bridge and a subnet of their own; the run's namespace, where the
 * prober is, has an address in each. Instances on different bridges do not reach each other.
 */
import { ip } from './ip.ts';

/** A place on a bridge, for one instance. */
export interface Place {
  /** Unique in the run; devices are named after it. */
  number: number;
  bridge: string;
  address: string;
  prefixLength: number;
  gateway: string;
  gatewayMac: string;
  mac: string;
}

export interface Bridges {
  /**
   * The next place, its bridge made where it is the first on it. Places are given once: a new instance must not meet
   * connections or neighbour entries of an older one. Throws when the run has none left.
   */
  next(): Promise<Place>;
}

/** 256 addresses: all but the first, the bridge's own and the last are places. */
const prefixLength = 24;
const subnetSize = 1 << (32 - prefixLength);
const reserved = 3;
/** The run's network is a /16. */
const subnets = 256;

/** @param namespace the run's, which `ip netns` knows by this name */
export function bridgesIn(namespace: string): Bridges {
  const made = new Map<number, Promise<void>>();
  let last = 1;
  return {
    async next() {
      last = followerOf(last);
      const number = last;
      const subnet = Math.floor(number / subnetSize);
      if (subnet >= subnets) {
        throw new Error(
          `the run's network has no address left (${subnets * (subnetSize - reserved)} were given)`,
        );
      }
      const ready = made.get(subnet) ?? makeBridge(namespace, subnet);
      made.set(subnet, ready);
      await ready;
      const gateway = subnet * subnetSize + 1;
      return {
        number,
        bridge: bridgeName(subnet),
        address: addressOf(number),
        prefixLength,
        gateway: addressOf(gateway),
        gatewayMac: macOf(gateway),
        mac: macOf(number),
      };
    },
  };
}

/** A permanent entry: no ARP comes before the first attempt to reach the address. */
export function neighbour(address: string, mac: string, device: string): string {
  return `neighbour replace ${address} lladdr ${mac} dev ${device} nud permanent`;
}

/**
 * The neighbours of all places are set at once, since `ip` lists every device of the namespace before it
 * sets any: one by one, each instance would pay for all that are there.
 */
async function makeBridge(namespace: string, subnet: number): Promise<void> {
  const name = bridgeName(subnet);
  const gateway = subnet * subnetSize + 1;
  const places = Array.from({ length: subnetSize - reserved }, (_, index) => gateway + 1 + index);
  await ip(namespace, [
    `link add ${name} address ${macOf(gateway)} type bridge stp_state 0 forward_delay 0 mcast_snooping 0`,
    `address add ${addressOf(gateway)}/${prefixLength} dev ${name}`,
    `link set ${name} up`,
    ...places.map((number) => neighbour(addressOf(number), macOf(number), name)),
  ]);
}

/** Not a subnet's own address, its bridge's or its broadcast. */
function followerOf(number: number): number {
  const next = number + 1;
  return next % subnetSize === subnetSize - 1 ? next + reserved : next;
}

function bridgeName(subnet: number): string {
  return `br${subnet}`;
}

function addressOf(number: number): string {
  return `10.87.${number >> 8}.${number & 0xff}`;
}

/** Locally administered; the same for the same place in a run, so that two runs do not differ by chance. */
function macOf(number: number): string {
  const [high, low] = [number >> 8, number & 0xff].map((byte) => byte.toString(16).padStart(2, '0'));
  return `02:74:61:72:${high}:${low}`;
}
