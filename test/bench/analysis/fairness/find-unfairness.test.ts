import { describe, expect, it } from 'vitest';
import { checkFairness, isUnfair } from '../../../../bench/analysis/fairness/find-unfairness.ts';
import type { RecordedHost, RecordedPlatform, RecordedResult } from '../../../../bench/record/schema.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import { recordedLab } from '../../../fixtures/records/lab.ts';

const scenario = loadScenario('tiny', { cwd: '/' });
const host = {
  swapBytes: 0,
  noise: { loadAverage1: 0, cpuPressureAvg10: 0, stealPercent: 0 },
} as RecordedHost;

function platform(id: string, more: Partial<RecordedPlatform> = {}): RecordedPlatform {
  return {
    id,
    runner: 'oci',
    kind: 'container',
    accel: 'none',
    guest: null,
    version: '1',
    network: 'bridge-veth',
    limits: { cpus: 1, memoryBytes: 2 ** 29 },
    options: {},
    payloadDigest: 'sha256:a',
    details: { root: 'overlayfs over the payload', cpuset: '1', sharesHarnessCpu: false },
    inside: {
      ...{ jvmArguments: '-Xmx256m', gc: 'Copy, MarkSweepCompact' },
      ...{ maxMemoryBytes: '259522560', availableProcessors: '1' },
    },
    skipped: null,
    ...more,
  };
}
const findings = (platforms: RecordedPlatform[], more: Partial<RecordedHost> = {}) =>
  checkFairness({ platforms, host: { ...host, ...more }, lab: null, scenario, results: [], otherRuns: [] });
const codes = (...args: Parameters<typeof findings>): string[] =>
  findings(...args).map((finding) => finding.code);

describe('fairness', () => {
  it('finds nothing where everything is alike', () => {
    expect(codes([platform('a'), platform('b')])).toEqual([]);
  });

  it.each([
    ['payload-digest', { payloadDigest: 'sha256:b' }],
    ['memory-limit', { limits: { cpus: 1, memoryBytes: 2 ** 30 } }],
    ['cpu-limit', { limits: { cpus: 2, memoryBytes: 2 ** 29 } }],
    ['cpu-set', { details: { cpuset: '0,1' } }],
    ['jvm-flags', { inside: { jvmArguments: '-Xmx1g' } }],
    ['jvm-collector', { inside: { gc: 'G1 Young Generation' } }],
    ['cpus-seen', { inside: { availableProcessors: '2' } }],
    ['heap-size', { inside: { maxMemoryBytes: '536870912' } }],
    ['start-delay', { details: { startDelayMs: 200 } }],
  ] satisfies [string, Partial<RecordedPlatform>][])(
    '%s is an error between those that differ, and not between those that are alike',
    (code, more) => {
      const found = findings([platform('a'), platform('b', more), platform('c'), platform('d', more)]);
      expect(found.map((finding) => [finding.code, finding.level])).toEqual([[code, 'error']]);
      expect(isUnfair(found, 'a', 'b')).toBe(true);
      expect(isUnfair(found, 'd', 'c')).toBe(true);
      expect(isUnfair(found, 'a', 'c')).toBe(false);
      expect(isUnfair(found, 'b', 'd')).toBe(false);
      expect(isUnfair(found, 'a', 'e')).toBe(false);
    },
  );

  it.each([
    ['memory-seen', 'note', { inside: { memTotalBytes: '25276502016' } }],
    ['from-snapshot', 'warn', { details: { start: 'snapshot' } }],
    ['page-cache', 'warn', { details: { diskCache: 'none' } }],
    ['cache-mode', 'warn', { details: { diskCache: 'unsafe' } }],
    ['huge-pages', 'warn', { details: { hugePages: true } }],
    ['network-class', 'note', { details: { vhostNet: true } }],
    ['kernel', 'note', { inside: { kernel: '6.1' } }],
    ['file-system', 'note', { details: { root: 'a copy' } }],
    ['logging', 'note', { details: { logging: 'a file' } }],
    ['output-access', 'note', { details: { outputAccess: 'its own user' } }],
    ['rootless', 'note', { details: { userNamespace: 'an ordinary user' } }],
    ['security-profile', 'note', { details: { seccomp: 'a filter' } }],
  ] satisfies [string, string, Partial<RecordedPlatform>][])('%s is a %s', (code, level, more) => {
    const inside = { memTotalBytes: '25276502016', memoryLimitBytes: '536870912', kernel: '6.18' };
    const found = findings([platform('a', { inside }), platform('b', more)]);
    expect(found.map((finding) => [finding.code, finding.level])).toContainEqual([code, level]);
    expect(isUnfair(found, 'a', 'b')).toBe(false);
  });

  it('reads a storage driver where records of version 0.1.0 have it, and no detail that is of another kind', () => {
    const engine = platform('docker', { details: { storageDriver: 'overlay2', cpuset: '1' } });
    const odd = platform('odd', {
      details: { root: 'overlayfs', cpuset: '1', hugePages: 'yes', seccomp: 7 },
    });
    expect(codes([platform('a'), engine, odd])).toEqual([]);
  });

  it('forgives a heap that differs by rounding, and a guest whose kernel keeps memory for itself', () => {
    const guest = { maxMemoryBytes: '259522000', memTotalBytes: '485572608' };
    const box = { maxMemoryBytes: '259522560', memTotalBytes: '25276502016', memoryLimitBytes: '536870912' };
    expect(codes([platform('a', { inside: box }), platform('b', { inside: guest })])).toEqual([]);
  });

  it('warns of emulation, notes the kernel and the network, and lets the comparison stand', () => {
    const vm = platform('vm', { kind: 'vm', accel: 'tcg', network: 'bridge-tap', inside: { kernel: '6.1' } });
    const found = findings([platform('a', { inside: { kernel: '6.18' } }), vm]);
    expect(found.map((finding) => [finding.code, finding.level])).toEqual([
      ['accel-tcg', 'warn'],
      ['network-class', 'note'],
      ['kernel', 'note'],
      ['file-system', 'note'],
      ['logging', 'note'],
      ['privileges', 'note'],
      ['first-process', 'note'],
    ]);
    expect(isUnfair(found, 'a', 'vm')).toBe(false);
  });

  it('warns of accelerators that differ between VMs', () => {
    const vm = (id: string, accel: 'kvm' | 'tcg'): RecordedPlatform => platform(id, { kind: 'vm', accel });
    expect(codes([vm('a', 'kvm'), vm('b', 'tcg')])).toEqual(['accel-mixed', 'accel-tcg']);
    expect(codes([vm('a', 'kvm'), vm('b', 'kvm')])).toEqual([]);
  });

  it('warns where the kernel merges pages of some', () => {
    const merged = platform('b', { details: { mergeable: true } });
    expect(codes([platform('a'), merged], { ksm: 'on' })).toContain('ksm');
    expect(codes([platform('a'), merged], { ksm: 'off' })).not.toContain('ksm');
  });

  it('warns of boot files of the user’s own, and names them', () => {
    const own = platform('b', { details: { ownKernel: 'sha256:k', ownDisk: 'sha256:d' } });
    const [found] = findings([platform('a'), own]).filter(({ code }) => code === 'own-boot-files');
    expect(found).toMatchObject({ level: 'warn', platforms: ['b'] });
    expect(found?.message).toContain('(b: kernel, disk)');
  });

  it('warns of a platform that was not warmed up', () => {
    const startup = (id: string, blocks: number[]): RecordedResult =>
      ({
        platform: id,
        metric: 'startup.ready',
        samples: blocks.map((block) => ({ value: 1, block, at: '' })),
      }) as unknown as RecordedResult;
    const results = [startup('a', [0, 1]), startup('b', [1])];
    const platforms = [platform('a'), platform('b')];
    const found = checkFairness({ platforms, host, lab: null, scenario, results, otherRuns: [] });
    expect(found.map(({ code, platforms: ids }) => [code, ids])).toEqual([['no-warm-up', ['b']]]);
  });

  it('takes no notice of platforms that were skipped', () => {
    expect(
      codes([platform('a'), platform('b', { payloadDigest: '', skipped: { reason: '', remedy: '' } })]),
    ).toEqual([]);
  });

  it('says that times are virtual, which no busy machine disturbs', () => {
    const busy = { ...host, noise: { loadAverage1: 4, cpuPressureAvg10: 55, stealPercent: 0 } };
    const found = (clock: 'real' | 'virtual'): string[] => {
      const lab = recordedLab(clock, host);
      const platforms = [platform('a')];
      return checkFairness({ platforms, host: busy, lab, scenario, results: [], otherRuns: [] }).map(
        ({ code }) => code,
      );
    };
    expect(found('virtual')).toEqual(['virtual-time']);
    expect(found('real')).toEqual(['lab-tcg', 'host-busy']);
  });

  it('names a busy machine, shared CPUs and swap', () => {
    const noise = { loadAverage1: 4, cpuPressureAvg10: 55, stealPercent: 0 };
    expect(codes([platform('a', { details: { sharesHarnessCpu: true } })], { noise, swapBytes: 1 })).toEqual([
      'harness-cpu',
      'host-busy',
      'swap-on',
    ]);
  });

  it('warns of other runs at the same time, and names them', () => {
    const otherRuns = [{ id: 'ab12cd', pid: 4711, at: '2026-01-01T00:00:00.000Z' }];
    const found = checkFairness({
      platforms: [platform('a'), platform('b')],
      host,
      lab: null,
      scenario,
      results: [],
      otherRuns,
    });
    expect(found).toMatchObject([{ code: 'other-run', level: 'warn', platforms: ['a', 'b'] }]);
    expect(found[0]?.message).toMatch(/\(tare-ab12cd, process 4711\)$/);
  });
});
