/** The platforms that are held to the rows of a box. A new one is a line here. */
import { conformanceCases, type ConformanceCase } from './conformance-cases.ts';
import type { Differences } from './box-rows.ts';

export interface BoxCase extends ConformanceCase {
  differs: Differences;
}

/** What each platform cannot do alike. Platforms that are not named here are not held to the rows. */
const platforms: Readonly<Record<string, Differences>> = {
  process: { seccomp: 'security-profile', pid: 'first-process' },
  runc: { others: 'output-access' },
  crun: {},
  gvisor: {
    // Its kernel does not tell of signals in /proc.
    signals: 'sandbox',
    seccomp: 'security-profile',
    kernel: 'sandbox',
    devices: 'sandbox',
  },
  containerd: { others: 'output-access' },
  docker: { others: 'output-access' },
  podman: { others: 'output-access' },
  lxc: {},
  lxd: {},
  nspawn: { seccomp: 'security-profile' },
  vm: {
    capabilities: 'privileges',
    seccomp: 'privileges',
    kernel: 'privileges',
    pid: 'first-process',
  },
};

export async function boxCases(): Promise<BoxCase[]> {
  const cases = await conformanceCases();
  return cases.flatMap((platform) => {
    const differs = platforms[platform.name];
    return differs === undefined ? [] : [{ ...platform, differs }];
  });
}
