/** The program of a user's that carries packets between the machine and a network namespace, where the user may make no bridge. */
import { findProgram } from '../machine/programs.ts';
import type { Unfit } from '../shared/prerequisites.ts';

export type ForwarderName = 'slirp4netns' | 'pasta';

export interface Forwarder {
  name: ForwarderName;
  program: string;
}

/** Debian's package of each. */
const packages: Record<ForwarderName, string> = { slirp4netns: 'slirp4netns', pasta: 'passt' };

/** What slirp4netns gives its one guest. */
const slirpAddress = '10.0.2.100';

/** @param wanted in the order of preference: the first that is installed is taken */
export async function findForwarder(wanted: readonly ForwarderName[]): Promise<Forwarder | Unfit> {
  for (const name of wanted) {
    const program = await findProgram(name);
    if (program !== null) return { name, program };
  }
  return {
    reason: `not installed: ${wanted.join(' or ')}`,
    remedy: `apt-get install ${wanted.map((name) => packages[name])[0] ?? ''}`,
  };
}

/** The address that the workload has in its own eyes; `address` is that under which it is reached. */
export function addressInside({ name }: Forwarder, address: string): string {
  return name === 'pasta' ? address : slirpAddress;
}

/** For the record. */
export function networkClass({ name }: Forwarder): string {
  return `bridge-veth and ${name}`;
}

/**
 * The beginning of a command line in the instance's network namespace, where the forwarder then may listen on any port: elsewhere,
 * an ordinary user has those from 1024.
 */
export const openPorts: readonly string[] = [
  ...['sh', '-c', 'echo 0 >/proc/sys/net/ipv4/ip_unprivileged_port_start; exec "$@"', 'sh'],
];
