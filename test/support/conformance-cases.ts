/** The platforms that the conformance suite holds to one contract. A new runner is a line here. */
import type { Payload } from '../../runners/images/payload.ts';
import { dockerRunner } from '../../runners/docker/runner.ts';
import { lxcRunner } from '../../runners/lxc/runner.ts';
import { lxdRunner } from '../../runners/lxd/runner.ts';
import { nspawnRunner } from '../../runners/nspawn/runner.ts';
import { ociRunner } from '../../runners/oci/runner.ts';
import { podmanRunner } from '../../runners/podman/runner.ts';
import { processRunner } from '../../runners/process/runner.ts';
import type {
  Fitness,
  Launch,
  Limits,
  PreparedPlatform,
  ProbeContext,
  RunContext,
  Runner,
} from '../../runners/runner.ts';

export interface ConformanceCase {
  name: string;
  /** How the end of a workload that was killed is told: as a shell does (128 and the signal's number), or by the signal. */
  killed: 137 | 'SIGKILL';
  /** Variables that the box adds to the declared environment. */
  adds: readonly string[];
  /** Files that the box puts over the payload's. */
  addsFiles: readonly string[];
  probe(context: ProbeContext): Promise<Fitness>;
  prepare(payload: Payload, id: string, launch: Launch, context: RunContext): Promise<PreparedPlatform>;
}

const nspawnVariables = [
  ...[
    'container',
    'container_uuid',
    'container_host_id',
    'container_host_version_id',
    'container_host_variant_id',
  ],
  ...['container_host_build_id', 'NOTIFY_SOCKET', 'LANG'],
];

/** Of every instance in the suite. */
export const conformanceLimits: Limits = { cpus: 0.5, memoryBytes: 96 * 1024 * 1024 };

/** Engines write them for each container. */
const engineFiles = ['etc/hostname', 'etc/hosts', 'etc/resolv.conf'];

export const conformanceCases: readonly ConformanceCase[] = [
  of('process', processRunner, {}, { killed: 'SIGKILL' }),
  of('runc', ociRunner, { runtime: 'runc' }),
  of('crun', ociRunner, { runtime: 'crun' }),
  of(
    'docker',
    dockerRunner,
    { engine: 'own', socket: '/var/run/docker.sock', runtime: 'runc' },
    { addsFiles: engineFiles },
  ),
  of('podman', podmanRunner, { runtime: 'crun' }, { adds: ['HOSTNAME'], addsFiles: engineFiles }),
  of('lxc', lxcRunner, {}, { adds: ['container'] }),
  of('lxd', lxdRunner, { daemon: 'lxd' }, { adds: ['container', 'USER', 'LANG'] }),
  of('nspawn', nspawnRunner, {}, { killed: 'SIGKILL', adds: nspawnVariables }),
];

function of<Options>(
  name: string,
  runner: Runner<Options>,
  options: Options,
  peculiar: Partial<Pick<ConformanceCase, 'killed' | 'adds' | 'addsFiles'>> = {},
): ConformanceCase {
  return {
    name,
    killed: 137,
    adds: [],
    addsFiles: [],
    ...peculiar,
    probe: (context) => runner.probe(options, context),
    prepare: (payload, id, launch, context) =>
      runner.prepare(payload, { id, limits: conformanceLimits, launch, options }, context),
  };
}
