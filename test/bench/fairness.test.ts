import { describe, expect, it } from 'vitest';
import { checkFairness, isUnfair } from '../../bench/fairness.ts';
import type { RecordedHost, RecordedPlatform } from '../../bench/record/schema.ts';
import { loadScenario } from '../../scenarios/load.ts';

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
    details: { cpuset: '1', sharesHarnessCpu: false },
    inside: { jvmArguments: '-Xmx256m', maxMemoryBytes: '259522560', availableProcessors: '1' },
    skipped: null,
    ...more,
  };
}
const findings = (platforms: RecordedPlatform[], more: Partial<RecordedHost> = {}) =>
  checkFairness({ platforms, host: { ...host, ...more }, lab: null, scenario, results: [] });
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
    ['cpus-seen', { inside: { availableProcessors: '2' } }],
    ['heap-size', { inside: { maxMemoryBytes: '536870912' } }],
  ] satisfies [string, Partial<RecordedPlatform>][])(
    '%s is an error between the two that differ',
    (code, more) => {
      const found = findings([platform('a'), platform('b', more)]);
      expect(found.map((finding) => [finding.code, finding.level])).toEqual([[code, 'error']]);
      expect(isUnfair(found, 'a', 'b')).toBe(true);
      expect(isUnfair(found, 'a', 'c')).toBe(false);
    },
  );

  it('forgives a heap that differs by rounding', () => {
    expect(codes([platform('a'), platform('b', { inside: { maxMemoryBytes: '259522000' } })])).toEqual([]);
  });

  it('warns of emulation, notes the kernel and the network, and lets the comparison stand', () => {
    const vm = platform('vm', { accel: 'tcg', network: 'bridge-tap', inside: { kernel: '6.1' } });
    const found = findings([platform('a', { inside: { kernel: '6.18' } }), vm]);
    expect(found.map((finding) => [finding.code, finding.level])).toEqual([
      ['accel-tcg', 'warn'],
      ['network-class', 'note'],
      ['kernel', 'note'],
    ]);
    expect(isUnfair(found, 'a', 'vm')).toBe(false);
  });

  it('takes no notice of platforms that were skipped', () => {
    expect(
      codes([platform('a'), platform('b', { payloadDigest: '', skipped: { reason: '', remedy: '' } })]),
    ).toEqual([]);
  });

  it('names a busy machine, shared CPUs and swap', () => {
    const noise = { loadAverage1: 4, cpuPressureAvg10: 55, stealPercent: 0 };
    expect(codes([platform('a', { details: { sharesHarnessCpu: true } })], { noise, swapBytes: 1 })).toEqual([
      'harness-cpu',
      'host-busy',
      'swap-on',
    ]);
  });
});
