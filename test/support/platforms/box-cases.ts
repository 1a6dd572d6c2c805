/** The platforms that are held to the rows of a box. A new one is a line here. */
import { conformanceCases, type ConformanceCase } from './conformance-cases.ts';
import type { Differences } from './box-rows.ts';
import { isEverywhere } from './everywhere.ts';

export interface BoxCase extends ConformanceCase {
  differs: Differences;
}

const asMachine: Differences = {
  capabilities: 'privileges',
  seccomp: 'privileges',
  kernel: 'privileges',
  pid: 'first-process',
};

const asSandbox: Differences = {
  // Its kernel does not tell of signals in /proc.
  signals: 'sandbox',
  seccomp: 'security-profile',
  kernel: 'sandbox',
  devices: 'sandbox',
};

/** What each platform cannot do alike. Platforms that are not named here are not held to the rows. */
const differences: Readonly<Record<string, Differences>> = {
  process: { seccomp: 'security-profile', pid: 'first-process' },
  runc: { others: 'output-access' },
  crun: {},
  'runc-rootless': { others: 'output-access' },
  'crun-rootless': {},
  gvisor: asSandbox,
  'containerd-runsc': { ...asSandbox, others: 'output-access' },
  'docker-runsc': { ...asSandbox, others: 'output-access' },
  'podman-runsc': { ...asSandbox, others: 'output-access' },
  containerd: { others: 'output-access' },
  docker: { others: 'output-access' },
  podman: { others: 'output-access' },
  'podman-rootless': { others: 'output-access', memory: 'memory-seen' },
  lxc: {},
  lxd: {},
  nspawn: { seccomp: 'security-profile' },
  vm: asMachine,
  libvirt: asMachine,
};

/** Their boxes are made by what makes another's; each is held to the rows where somebody asks for it by name, or for all. */
const madeAsAnother = [
  // By runc's specification.
  ...['containerd', 'gvisor', 'containerd-runsc', 'docker-runsc', 'podman-runsc'],
  // By docker's options.
  'podman',
  // By LXC's configuration, in the daemon's words.
  'lxd',
  // By vm's guest.
  'libvirt',
];

export async function boxCases(): Promise<BoxCase[]> {
  const cases = await conformanceCases();
  const isForAll = isEverywhere || process.env['TARE_CONFORMANCE'] !== undefined;
  return cases.flatMap((platform) => {
    const differs = differences[platform.name];
    if (differs === undefined || (!isForAll && madeAsAnother.includes(platform.name))) return [];
    return [{ ...platform, differs }];
  });
}
