/** The platforms that the conformance suite holds to one contract. A new runner is a line here. */
import type { Payload } from '../../../runners/payload/payload.ts';
import { containerdRunner } from '../../../runners/containerd/runner.ts';
import { dockerRunner } from '../../../runners/docker/runner.ts';
import { libvirtRunner } from '../../../runners/libvirt/runner.ts';
import { lxcRunner } from '../../../runners/lxc/runner.ts';
import { lxdRunner } from '../../../runners/lxd/runner.ts';
import { nspawnRunner } from '../../../runners/nspawn/runner.ts';
import { ociRunner } from '../../../runners/oci/runner.ts';
import { podmanRunner } from '../../../runners/podman/runner.ts';
import { processRunner } from '../../../runners/process/runner.ts';
import { probeKvm } from '../../../runners/qemu/probe.ts';
import { qemuRunner } from '../../../runners/qemu/runner.ts';
import { ociRootlessRunner } from '../../../runners/rootless/oci-runner.ts';
import { podmanRootlessRunner } from '../../../runners/rootless/podman-runner.ts';
import type {
  Fitness,
  Launch,
  Limits,
  PreparedPlatform,
  ProbeContext,
  RunContext,
  Runner,
} from '../../../runners/runner.ts';
import type { Kind } from '../../../runners/kinds.ts';
import { silentLog } from '../../runners/machine/local-run.ts';
import { sharedCache } from '../tare.ts';
import { isEverywhere } from './everywhere.ts';
import { tcgOptions } from './vm-stage.ts';

/** Checks that not every platform can be held to; what is not named here applies to all. */
export type Check =
  'output' | 'layer' | 'exit' | 'out-of-memory' | 'start-failed' | 'kill' | 'two' | 'starting' | 'images';

export interface ConformanceCase {
  name: string;
  kind: Kind;
  /** What this machine's kernel sees of the workload's server: itself, a VM, or a sandbox. */
  seenAs: 'httpd' | 'qemu-system' | '/usr/bin/qemu-system' | 'runsc-sandbox';
  /** Of every instance. */
  limits: Limits;
  /** What cannot apply, each with the reason. */
  without: Partial<Record<Check, string>>;
  /** What the usual tests leave out, and TARE_CONFORMANCE does not, each with the reason. */
  reduced: Partial<Record<Check, string>>;
  /** How the end of a workload that was killed is told: as a shell does (128 and the signal's number), or by the signal. */
  killed: 137 | 'SIGKILL';
  /** The address that the workload has in its own eyes, where it is not that under which it is reached. */
  seesAddress?: string;
  /** Files that the box puts over the payload's. */
  addsFiles: readonly string[];
  probe(context: ProbeContext): Promise<Fitness>;
  prepare(payload: Payload, id: string, launch: Launch, context: RunContext): Promise<PreparedPlatform>;
}

const mebibyte = 1024 * 1024;
const limits: Limits = { cpus: 0.5, memoryBytes: 96 * mebibyte };
/** A guest has its kernel in its memory, and emulated on half a CPU would take twice as long. */
const guestLimits: Limits = { cpus: 1, memoryBytes: 128 * mebibyte };
const systemLimits: Limits = { cpus: 1, memoryBytes: 256 * mebibyte };

const slow = 'a whole system takes too long to boot once more: the guest part is that of the minimal one';
const onceMore = {
  layer: slow,
  exit: slow,
  'out-of-memory': slow,
  'start-failed': slow,
  kill: slow,
  two: slow,
  images: slow,
};
const asItsRuntime = "the runtime's own case has it, and a start takes seconds";
const slowly = {
  'out-of-memory': "gVisor's kernel takes most of a minute to fill the memory",
  ...{ exit: asItsRuntime, kill: asItsRuntime, two: asItsRuntime },
};
const asGvisor = "gvisor's case has it, or the engine's, and a start takes seconds";
const inSandbox = {
  seenAs: 'runsc-sandbox' as const,
  reduced: {
    ...{ layer: asGvisor, exit: asGvisor, 'out-of-memory': asGvisor, kill: asGvisor },
    ...{ two: asGvisor, starting: asGvisor, images: asGvisor },
  },
};
const asRunc = "runc's own case has it: the layer, the limits and the network are the same";
const besideRunc = { layer: asRunc, 'out-of-memory': asRunc, kill: asRunc, two: asRunc, starting: asRunc };
const asRoot = "the same runtime's or engine's case as root has it";
const besideRootful = {
  ...{ layer: asRoot, exit: asRoot, 'start-failed': asRoot, kill: asRoot, images: asRoot },
  ...{ two: asRoot, starting: asRoot },
};
const asDocker = "docker's case has it: what drives an engine is the same";
const besideDocker = { layer: asDocker, kill: asDocker, two: asDocker, starting: asDocker };
const asLxc = 'the case of lxc has it: the same library, and an instance of the daemon takes seconds';
const besideLxc = {
  ...{ layer: asLxc, 'out-of-memory': asLxc, 'start-failed': asLxc, kill: asLxc, two: asLxc },
  starting: asLxc,
};
const asVm = 'the case of vm has it, and a boot takes seconds';
const besideVm = {
  layer: asVm,
  exit: asVm,
  'out-of-memory': asVm,
  'start-failed': asVm,
  kill: asVm,
  two: asVm,
  starting: asVm,
  images: asVm,
};
const neverReady = 'a workload that never answers gives no snapshot';

/** They are written for each instance. */
const engineFiles = ['etc/hostname', 'etc/hosts', 'etc/resolv.conf'];

/**
 * Those that this machine is held to: under KVM and Incus only where they work. The variable TARE_CONFORMANCE (`runc,vm-kvm`) names
 * them instead, and then each must be usable.
 */
export async function conformanceCases(): Promise<ConformanceCase[]> {
  const wanted = process.env['TARE_CONFORMANCE']?.split(',');
  if (wanted === undefined) {
    const { signal } = new AbortController();
    const context = { signal, log: silentLog, cache: sharedCache };
    const hasKvm = (await probeKvm(context)).usable;
    const hasIncus = (await incus.probe(context)).usable;
    const here = [
      ...everywhere,
      ...(isEverywhere ? seldom : []),
      ...(hasIncus ? [incus] : []),
      ...(hasKvm ? underKvm : []),
    ];
    if (isEverywhere) return here;
    return here.map((each) => ({ ...each, without: { ...each.without, ...each.reduced } }));
  }
  return wanted.map((wantedName) => {
    const found = [...everywhere, ...seldom, incus, ...underKvm].find(({ name }) => name === wantedName);
    if (!found) throw new Error(`TARE_CONFORMANCE: there is no case "${wantedName}"`);
    return found;
  });
}

const slirpAddress = '10.0.2.100';
const anyUser = { user: null, network: 'slirp4netns' } as const;

const minimalGuest = { killed: 'SIGKILL', limits: guestLimits, addsFiles: engineFiles } as const;

/** gVisor's runtime below each engine. */
const sandboxed: readonly ConformanceCase[] = [
  of('containerd-runsc', containerdRunner, { runtime: 'runsc' }, inSandbox),
  of(
    'docker-runsc',
    dockerRunner,
    { engine: 'own', socket: '/var/run/docker.sock', runtime: 'runsc' },
    inSandbox,
  ),
  of('podman-runsc', podmanRunner, { runtime: 'runsc' }, inSandbox),
];

const everywhere: readonly ConformanceCase[] = [
  of('process', processRunner, {}, { killed: 'SIGKILL' }),
  of('runc', ociRunner, { runtime: 'runc' }),
  of('crun', ociRunner, { runtime: 'crun' }),
  of(
    'runc-rootless',
    ociRootlessRunner,
    { runtime: 'runc', ...anyUser },
    { seesAddress: slirpAddress, reduced: besideRootful },
  ),
  of('gvisor', ociRunner, { runtime: 'runsc' }, { seenAs: 'runsc-sandbox', reduced: slowly }),
  of('containerd', containerdRunner, { runtime: 'runc' }, { reduced: besideRunc }),
  of(
    'docker',
    dockerRunner,
    { engine: 'own', socket: '/var/run/docker.sock', runtime: 'runc' },
    { addsFiles: engineFiles },
  ),
  of('podman', podmanRunner, { runtime: 'crun' }, { addsFiles: engineFiles, reduced: besideDocker }),
  of(
    'podman-rootless',
    podmanRootlessRunner,
    { runtime: 'crun', ...anyUser },
    { addsFiles: engineFiles, seesAddress: slirpAddress, reduced: besideRootful },
  ),
  ...sandboxed,
  of('lxc', lxcRunner, {}),
  of('lxd', lxdRunner, { daemon: 'lxd' }, { reduced: besideLxc }),
  of('nspawn', nspawnRunner, {}, { killed: 'SIGKILL' }),
  of('vm', qemuRunner, tcgOptions, minimalGuest),
  of(
    'libvirt',
    libvirtRunner,
    { machine: 'q35', suite: 'bookworm', accel: 'tcg', vcpus: null },
    { ...minimalGuest, seenAs: '/usr/bin/qemu-system', reduced: besideVm },
  ),
  of(
    'vm-clone',
    qemuRunner,
    { ...tcgOptions, start: 'snapshot' },
    {
      ...{ killed: 'SIGKILL', limits: guestLimits, addsFiles: engineFiles },
      without: {
        output: 'the workload printed it before the snapshot',
        ...{ layer: neverReady, exit: neverReady, 'out-of-memory': neverReady, 'start-failed': neverReady },
        kill: 'as for a machine that boots; another workload is another snapshot',
      },
      reduced: {
        starting: 'to restore it takes a moment, and to make the snapshot that it is restored from a boot',
      },
    },
  ),
];

/** What they have of their own is held by test/e2e/vm/vm-full.test.ts; to boot them once more takes minutes. */
const wholeSystems = [
  ['vm-full-seabios', { firmware: 'seabios' }] as const,
  ['vm-full-uefi', { firmware: 'uefi' }] as const,
  ['vm-full-trixie', { firmware: 'uefi', suite: 'trixie' }] as const,
].map(([name, options]) =>
  of(
    name,
    qemuRunner,
    { ...tcgOptions, guest: 'full', ...options },
    { killed: 'SIGKILL', limits: systemLimits, addsFiles: engineFiles, without: onceMore },
  ),
);

/** Those that `npm run test:everywhere` has, and nothing else. */
const seldom: readonly ConformanceCase[] = [
  of('crun-rootless', ociRootlessRunner, { runtime: 'crun', ...anyUser }, { seesAddress: slirpAddress }),
  ...wholeSystems,
  of('vm-trixie', qemuRunner, { ...tcgOptions, suite: 'trixie' }, minimalGuest),
];

/** In place of LXD in newer distributions. */
const incus = of('incus', lxdRunner, { daemon: 'incus' });

const underKvm: readonly ConformanceCase[] = [
  of('vm-kvm', qemuRunner, { ...tcgOptions, accel: 'kvm' }, minimalGuest),
  of('microvm-kvm', qemuRunner, { ...tcgOptions, accel: 'kvm', machine: 'microvm' }, minimalGuest),
];

function of<Options>(
  name: string,
  runner: Runner<Options>,
  options: Options,
  peculiar: Partial<Omit<ConformanceCase, 'name' | 'kind' | 'probe' | 'prepare'>> = {},
): ConformanceCase {
  const traits = {
    killed: 137 as const,
    seenAs: runner.kind === 'vm' ? ('qemu-system' as const) : ('httpd' as const),
    addsFiles: runner.kind === 'vm' ? [] : engineFiles,
    limits,
    without: {},
    reduced: {},
    ...peculiar,
  };
  return {
    name,
    kind: runner.kind,
    ...traits,
    probe: (context) => runner.probe(options, context),
    prepare: (payload, id, launch, context) =>
      runner.prepare(payload, { id, limits: traits.limits, launch, options }, context),
  };
}
