/** Every claim with records for each of the verdicts that it can have. */
import { describe, expect, test } from 'vitest';
import { claimIds, judges, type ClaimId } from '../../../../bench/analysis/claims/claims.ts';
import { verdictOf } from '../../../../bench/analysis/claims/judgement.ts';
import type { Verdict } from '../../../../bench/record/claims/schema.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import {
  around,
  bare,
  claimRecord,
  kvmVm,
  runc,
  tcgVm,
  type Figures,
} from '../../../fixtures/claims/claim-record.ts';
import { densityRecord } from '../../../fixtures/records/density-records.ts';
import type { PlatformShape } from '../../../fixtures/records/make-record.ts';

const mib = 2 ** 20;
const gib = 2 ** 30;
const lxd: PlatformShape = { ...runc, id: 'lxd' };

type Case = [verdict: Verdict, why: string, records: RunRecord[]];

const of = (
  platform: PlatformShape,
  metric: string,
  values: readonly number[] | number,
  condition = {},
): Figures => ({ platform, metric, values: typeof values === 'number' ? [values] : values, condition });

const startup = (vm: PlatformShape, vmMs: number, containerMs: number): RunRecord =>
  claimRecord([of(vm, 'startup.ready', around(vmMs)), of(runc, 'startup.ready', around(containerMs))]);

const stop = (graceful: number, released = 500): RunRecord =>
  claimRecord([
    of(runc, 'stop.graceful', around(graceful)),
    of(runc, 'stop.kill', around(50)),
    of(runc, 'stop.released', around(released), { mode: 'graceful' }),
  ]);

const image = (vmBytes: number, containerBytes: number): RunRecord =>
  claimRecord([of(kvmVm, 'image.unpacked', vmBytes), of(runc, 'image.unpacked', containerBytes)]);

const layers = (vmMarginal: number, containerMarginal: number): RunRecord =>
  claimRecord([
    of(kvmVm, 'image.marginal', around(vmMarginal)),
    of(kvmVm, 'image.allocated', 100 * mib),
    of(runc, 'image.marginal', around(containerMarginal)),
    of(runc, 'image.allocated', 100 * mib),
  ]);

const memory = (vmBytes: number, vmWorkingSet: number): RunRecord =>
  claimRecord([
    of(kvmVm, 'memory.pss', around(vmBytes), { state: 'rest' }),
    of(runc, 'memory.pss', around(100 * mib), { state: 'rest' }),
    of(kvmVm, 'memory.workingset', around(vmWorkingSet), { state: 'rest' }),
    of(runc, 'memory.workingset', around(100 * mib), { state: 'rest' }),
  ]);

const density = (
  vms: number,
  containers: number,
  { workload = 'tomcat', capped = [] }: { workload?: string; capped?: PlatformShape[] } = {},
): RunRecord => ({
  ...claimRecord([of(kvmVm, 'density.instances', vms), of(runc, 'density.instances', containers)], {
    workload,
  }),
  density: densityRecord(capped.map((shape) => ({ ...shape, fixed: 1, each: 1, by: 'cap', most: 60 })))
    .density,
});

const overhead = (vmRatio: number, containerRatio: number, path = 'cpu', vm = kvmVm): RunRecord =>
  claimRecord(
    [
      of(bare, 'completion.work', around(1000)),
      of(vm, 'completion.work', around(1000 * vmRatio)),
      of(runc, 'completion.work', around(1000 * containerRatio)),
    ],
    { workload: `micro-${path}` },
  );

const burst = (ms: number, successes = [1, 1, 1]): RunRecord =>
  claimRecord([
    of(runc, 'burst.ready', around(200), { instances: 1, clock: 'request' }),
    of(runc, 'burst.ready', around(ms), { instances: 8, clock: 'request' }),
    of(runc, 'burst.ready', around(150), { instances: 8, clock: 'start' }),
    of(runc, 'burst.success', successes, { instances: 8 }),
  ]);

const neighbor = (off: number, on: number, vmRatio: number, vm = kvmVm): RunRecord =>
  claimRecord([
    of(runc, 'neighbor.latency.p99', around(off), { aggressor: 'cpu', limits: 'off' }),
    of(runc, 'neighbor.latency.p99', around(on), { aggressor: 'cpu', limits: 'on' }),
    of(vm, 'neighbor.latency.p99', around(vmRatio), { aggressor: 'cpu', limits: 'off' }),
  ]);

const portability = (vm: number, container: number): RunRecord =>
  claimRecord([
    of(tcgVm, 'portability.boots', vm, { format: 'vmdk', hardware: 'virtio' }),
    of(runc, 'portability.boots', container, { format: 'oci' }),
  ]);

const persistence = (container: number, vm: number): RunRecord =>
  claimRecord([
    of(runc, 'persistence.kept', container, { place: 'root', after: 'kill', synced: 'no' }),
    of(tcgVm, 'persistence.kept', vm, { place: 'root', after: 'kill', synced: 'no' }),
  ]);

const drift = (vm: number, container: number, guest: 'full' | 'minimal' = 'full'): RunRecord => {
  const record = claimRecord([
    of(tcgVm, 'drift.between', vm, { after: 'load' }),
    of(runc, 'drift.files', container, { after: 'load' }),
  ]);
  const platforms = record.platforms.map((each) => (each.kind === 'vm' ? { ...each, guest } : each));
  return { ...record, platforms };
};

const kernels = (vm: string, container: string): RunRecord => {
  const record = startup(tcgVm, 20_000, 300);
  const host = record.host.kernel;
  const inside: Record<string, string> = { vm, runc: container };
  return {
    ...record,
    platforms: record.platforms.map((each) => ({
      ...each,
      inside: { kernel: (inside[each.id] ?? '') === 'host' ? host : (inside[each.id] ?? '') },
    })),
  };
};

const recovery = (byDefault: number, ms: number, startMs: number | null = 700): RunRecord =>
  claimRecord([
    of(runc, 'recovery.default', byDefault, { fault: 'kill' }),
    of(runc, 'recovery.ready', around(90_000), { fault: 'crash-loop' }),
    of(runc, 'recovery.ready', around(ms), { fault: 'kill' }),
    ...(startMs === null ? [] : [of(runc, 'startup.ready', around(startMs))]),
  ]);

const lxdAgainst = (vm: PlatformShape, lxdMs: number, lxdRps: number | null): RunRecord => {
  const record = claimRecord([
    of(lxd, 'startup.ready', around(lxdMs)),
    of(vm, 'startup.ready', around(3000)),
    ...(lxdRps === null
      ? []
      : [of(lxd, 'throughput.rps', around(lxdRps)), of(vm, 'throughput.rps', around(1000))]),
  ]);
  return {
    ...record,
    platforms: record.platforms.map((each) => (each.id === 'lxd' ? { ...each, runner: 'lxd' } : each)),
  };
};

const none: Case = ['not measured', 'there is no run', []];

const cases: Record<ClaimId, Case[]> = {
  1: [
    none,
    ['holds', 'a VM takes two minutes', [startup(kvmVm, 120_000, 900)]],
    ['holds in part', 'the VM is emulated', [startup(tcgVm, 120_000, 900)]],
    ['holds in part', 'a VM takes seconds', [startup(kvmVm, 4000, 900)]],
    ['does not hold', 'it is the other way round', [startup(kvmVm, 4000, 90_000)]],
    ['not measured', 'the one VM is emulated', [claimRecord([of(tcgVm, 'startup.ready', around(90_000))])]],
  ],
  2: [
    none,
    ['holds', 'all within a second', [stop(300)]],
    ['holds in part', 'one waits for its time limit', [stop(10_000)]],
    [
      'does not hold',
      'every way takes long',
      [
        claimRecord([
          of(runc, 'stop.graceful', around(10_000)),
          of(runc, 'stop.kill', around(5000)),
          of(runc, 'stop.released', around(12_000), { mode: 'graceful' }),
        ]),
      ],
    ],
    ['not measured', 'two samples are too few', [claimRecord([of(runc, 'stop.graceful', [300, 310])])]],
  ],
  3: [
    none,
    ['holds', 'GB against MB', [image(8 * gib, 180 * mib)]],
    ['holds in part', 'a small VM image', [image(200 * mib, 180 * mib)]],
    ['does not hold', 'a small VM image, a large container image', [image(200 * mib, 9 * gib)]],
  ],
  4: [
    none,
    ['holds', 'every VM has its own disk', [layers(95 * mib, mib / 10)]],
    ['holds in part', 'VMs share, too', [layers(2 * mib, mib / 10)]],
    ['does not hold', 'containers copy, VMs do not grow', [layers(mib / 2, 90 * mib)]],
  ],
  5: [
    none,
    ['holds', 'both lenses', [memory(400 * mib, 300 * mib)]],
    ['holds in part', 'one lens', [memory(400 * mib, 150 * mib)]],
    ['does not hold', 'the same', [memory(101 * mib, 102 * mib)]],
  ],
  6: [
    none,
    ['holds', '16 and 40', [density(16, 40)]],
    ['holds in part', 'ten times as many', [density(4, 40)]],
    ['holds in part', 'another program than Tomcat', [density(16, 40, { workload: 'tiny' })]],
    ['holds in part', 'at least 30 containers for each VM', [density(2, 60, { capped: [runc] })]],
    ['not measured', 'at least as many containers', [density(60, 60, { capped: [runc] })]],
    ['does not hold', 'no more containers than VMs at the least', [density(60, 60, { capped: [kvmVm] })]],
    ['not measured', 'a cap on both sides', [density(60, 60, { capped: [runc, kvmVm] })]],
    ['does not hold', 'as many VMs', [density(40, 40)]],
  ],
  7: [
    none,
    ['holds', 'both in their bands', [overhead(1.15, 1.04)]],
    ['holds in part', 'one path of two', [overhead(1.15, 1.04), overhead(1.8, 1.04, 'disk')]],
    ['does not hold', 'no cost and a large one', [overhead(1.6, 1)]],
    [
      'not measured',
      'the one VM is emulated',
      [
        claimRecord([of(bare, 'completion.work', around(1000)), of(tcgVm, 'completion.work', around(1150))], {
          workload: 'micro-cpu',
        }),
      ],
    ],
  ],
  8: [
    none,
    ['holds in part', 'a burst is served; nothing scales by itself', [burst(900)]],
    ['does not hold', 'the last is ready after a minute', [burst(60_000)]],
    ['does not hold', 'one start of one burst fails', [burst(900, [1, 1, 7 / 8])]],
  ],
  9: [
    none,
    ['holds', 'starved, helped, and VMs unharmed', [neighbor(8, 1.1, 1.05)]],
    ['holds in part', 'VMs suffer as well', [neighbor(8, 1.1, 3)]],
    ['holds in part', 'the VM is emulated', [neighbor(8, 1.1, 1.05, tcgVm)]],
    ['does not hold', 'nothing starves in containers, VMs suffer', [neighbor(1.1, 1.1, 3)]],
  ],
  10: [
    none,
    ['holds', 'the VM boots converted only', [portability(0, 1)]],
    ['holds in part', 'QEMU boots every format', [portability(1, 1)]],
    ['does not hold', 'and the container image fails', [portability(1, 0)]],
  ],
  11: [
    none,
    ['holds', 'gone and kept', [persistence(0, 1)]],
    ['holds in part', 'kept on both', [persistence(1, 1)]],
    ['does not hold', 'the other way round', [persistence(1, 0)]],
  ],
  12: [
    none,
    ['holds', 'VMs differ, containers do not change', [drift(12, 0)]],
    ['holds in part', 'containers change as well', [drift(12, 7)]],
    ['does not hold', 'only containers change', [drift(0, 7)]],
    ['holds in part', 'the only VM has no operating system in it', [drift(0, 0, 'minimal')]],
  ],
  13: [
    none,
    ['holds', 'own and host', [kernels('6.1.0-cloud', 'host')]],
    ['holds in part', 'a sandbox has a kernel of its own', [kernels('6.1.0-cloud', '4.4.0')]],
    ['does not hold', 'only a sandbox was seen', [sandboxOnly()]],
    ['holds in part', 'the release of the VM is that of the host', [kernels('host', 'host')]],
  ],
  14: [
    none,
    ['holds', 'on by default, in a second', [recovery(1, 1200)]],
    ['holds in part', 'fast, once it is switched on', [recovery(0, 1200)]],
    ['does not hold', 'neither', [recovery(0, 60_000)]],
    ['does not hold', 'within seconds, and three times as long as a start', [recovery(0, 2100)]],
    ['holds in part', 'a minute, and a start takes nearly as long', [recovery(1, 60_000, 40_000)]],
    ['does not hold', 'a minute, whatever a start takes', [recovery(0, 60_000, null)]],
    ['holds in part', 'no start is known', [recovery(1, 1200, null)]],
  ],
  15: [
    none,
    ['holds', 'starts faster and serves more', [lxdAgainst(kvmVm, 900, 1200)]],
    ['holds in part', 'starts faster and serves less', [lxdAgainst(kvmVm, 900, 800)]],
    ['does not hold', 'neither', [lxdAgainst(kvmVm, 9000, 800)]],
    ['not measured', 'the VM is emulated', [lxdAgainst(tcgVm, 900, 1200)]],
  ],
};

function sandboxOnly(): RunRecord {
  const record = kernels('host', '4.4.0');
  return { ...record, platforms: record.platforms.filter(({ id }) => id === 'runc') };
}

describe.each(claimIds)('claim %i', (id) => {
  test.each(cases[id])('%s: %s', (verdict, _, records) => {
    expect(verdictOf(judges[id](records).parts)).toBe(verdict);
  });

  test('has a case for each verdict that it can have', () => {
    // Nothing scales out by itself, so that claim 8 never holds as a whole.
    const possible: Verdict[] = ['holds', 'holds in part', 'does not hold', 'not measured'];
    const wanted = possible.filter((verdict) => id !== 8 || verdict !== 'holds');
    expect(wanted.filter((verdict) => !cases[id].some(([found]) => found === verdict))).toEqual([]);
  });
});
