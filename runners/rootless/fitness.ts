/** Whether an ordinary user can run containers on this machine, and which setting forbids it. */
import { readFile, stat } from 'node:fs/promises';
import { run } from '../machine/command.ts';
import { missingPrograms, requireProgram } from '../machine/programs.ts';
import { findRuntime, type Runtime } from '../oci/runtime.ts';
import type { Unfit } from '../shared/prerequisites.ts';
import { findForwarder, type Forwarder, type ForwarderName } from './forwarder.ts';
import { becomeUser } from './places.ts';
import { findUser, type RootlessUser } from './user.ts';

export interface RootlessOptions {
  /** A user of the machine; null: one that only the run knows. */
  user: string | null;
  /** Null: the first of the platform's own preferences that is installed. */
  network: ForwarderName | null;
}

export interface Rootless {
  user: RootlessUser;
  forwarder: Forwarder;
}

/** Any: a run has its own in the end. */
const probedRun = '000000';

/** gVisor's runtime has a mode of its own for ordinary users, which Tare does not use. */
export async function findUsersRuntime(name: string): Promise<Runtime | Unfit> {
  const found = await findRuntime(name);
  if ('reason' in found || !found.isSandbox) return found;
  return {
    reason: `Tare does not start ${name}, which is gVisor's, for an ordinary user`,
    remedy: 'use the platform gvisor, or another runtime',
  };
}

export async function whyNotRootless(
  options: RootlessOptions,
  preferences: readonly ForwarderName[],
): Promise<Unfit | null> {
  const found = await findRootless(options, preferences, probedRun);
  if ('reason' in found) return found;
  const isThere = await stat('/dev/net/tun').then(
    () => true,
    () => false,
  );
  if (!isThere) return { reason: 'there is no /dev/net/tun', remedy: 'load the module: modprobe tun' };
  return (await mapsItself()) ?? whyNoNamespaces(found.user);
}

export async function findRootless(
  { user: name, network }: RootlessOptions,
  preferences: readonly ForwarderName[],
  runId: string,
): Promise<Rootless | Unfit> {
  if ((await missingPrograms(['newuidmap', 'newgidmap'])).length > 0) {
    return { reason: 'not installed: newuidmap, newgidmap', remedy: 'apt-get install uidmap' };
  }
  const forwarder = await findForwarder(network === null ? preferences : [network]);
  if ('reason' in forwarder) return forwarder;
  const user = await findUser(name, runId);
  return 'reason' in user ? user : { user, forwarder };
}

/** Version 2.38 of util-linux is the first whose `unshare` asks newuidmap. */
async function mapsItself(): Promise<Unfit | null> {
  const { stdout } = await run('unshare', ['--help']);
  if (stdout.includes('--map-auto')) return null;
  return {
    reason: 'unshare of this machine does not know --map-auto',
    remedy: 'use a system with util-linux 2.38 or later: Debian 12, Ubuntu 23.04',
  };
}

/** Tried: what a kernel allows is seen in no other way. */
async function whyNoNamespaces(user: RootlessUser): Promise<Unfit | null> {
  const [program = '', ...become] = await becomeUser(user);
  const trial = [await requireProgram('unshare'), '--user', '--map-root-user', '--net', '--mount', 'true'];
  const failed = await run(program, [...become, ...trial]).then(
    () => null,
    (error: unknown) => error as Error,
  );
  if (failed === null) return null;
  const reason = `an ordinary user may make no namespaces here: ${failed.message}`;
  return { reason, remedy: remedyFor(await readSettings()) };
}

export type KernelSettings = Readonly<Record<string, string | null>>;

/** Settings that forbid it, each with the value by which it does, and what would allow it. */
const forbidding = [
  ['user.max_user_namespaces', '0', 'sysctl -w user.max_user_namespaces=15000'],
  ['user.max_net_namespaces', '0', 'sysctl -w user.max_net_namespaces=15000'],
  // Debian's own, until 11.
  ['kernel.unprivileged_userns_clone', '0', 'sysctl -w kernel.unprivileged_userns_clone=1'],
  // Ubuntu's, since 23.10.
  [
    'kernel.apparmor_restrict_unprivileged_userns',
    '1',
    'sysctl -w kernel.apparmor_restrict_unprivileged_userns=0',
  ],
] as const;

export function remedyFor(settings: KernelSettings): string {
  const found = forbidding.filter(([name, value]) => settings[name] === value);
  if (found.length > 0) return found.map(([, , remedy]) => remedy).join('; ');
  return 'allow user namespaces to ordinary users; in a container, its filter of system calls may forbid them';
}

/** Null for one that this kernel does not have. */
async function readSettings(): Promise<KernelSettings> {
  const read = async (name: string): Promise<[string, string | null]> => {
    const file = `/proc/sys/${name.replaceAll('.', '/')}`;
    const text = await readFile(file, 'utf8').catch(() => null);
    return [name, text?.trim() ?? null];
  };
  return Object.fromEntries(await Promise.all(forbidding.map(([name]) => read(name))));
}
