import { describe, expect, it } from 'vitest';
import { fleetExitCode } from '../../../../bench/cli/fleet/verdict.ts';
import type { FleetGate, FleetRecord } from '../../../../bench/record/fleet.ts';
import type { ResolvedGate } from '../../../../scenarios/resolved.ts';
import { hostName, makeFleetRecords, merged, type FleetShape } from '../../../fixtures/fleet/make-fleet.ts';
import { gate, withGates } from '../../../fixtures/records/gated-record.ts';

const newKernel = { kernel: '6.12.0' };
const usual = { hosts: 12, between: 0.01 };

/** A fleet whose scenario has these gates, judged. */
function judged(
  gates: readonly Partial<ResolvedGate>[],
  shape: Partial<FleetShape> = {},
  reference: FleetRecord | null = null,
): FleetRecord {
  const records = makeFleetRecords({ ...usual, ...shape });
  return merged(
    records.map((record) =>
      withGates(
        record,
        gates.map((each) => gate(each)),
      ),
    ),
    reference,
  );
}

const verdicts = ({ gates }: FleetRecord): FleetGate['verdict'][] => gates.map(({ verdict }) => verdict);
/** `runc` is 5 % slower than `process` in these fleets. */
const bounds = { metric: 'startup.ready', platform: 'runc', over: 'process' };
const regression = { metric: 'startup.ready', platform: 'runc', over: null, worseBy: 0.05, max: null };

describe('gates over a fleet: bounds', () => {
  it('pass inside, fail beyond, and are inconclusive where the interval lies across', () => {
    const [loose, tight, across] = judged([
      { ...bounds, max: 1.2 },
      { ...bounds, max: 1.01 },
      { ...bounds, max: 1.054 },
    ]).gates;
    expect(loose?.verdict).toBe('pass');
    expect(tight?.verdict).toBe('fail');
    expect(across?.verdict).toBe('inconclusive');
    expect(tight?.detail).toMatch(/95 % interval .* over 12 hosts$/);
  });

  it('are judged on each class by itself', () => {
    const fleet = judged([{ ...bounds, over: null, max: 2500 }], {
      machine: (host) => (host < 6 ? newKernel : {}),
      slower: (host) => (host < 6 ? 1.5 : 1),
    });
    const byKernel = fleet.gates.map(({ class: name, verdict }) => [
      fleet.classes.find((each) => each.name === name)?.words,
      verdict,
    ]);
    expect(Object.fromEntries(byKernel)).toEqual({
      'kernel 6.12.0': 'fail',
      'kernel 6.1.0-28-amd64': 'pass',
    });
  });

  it('take a ratio over another platform than the baseline within each host', () => {
    const [found] = judged([{ ...bounds, platform: 'process', over: 'runc', max: 1 }], {
      slower: (host) => 1 + host,
    }).gates;
    expect(found?.verdict).toBe('pass');
    expect(found?.expected).toBe('startup.ready of process over runc on class A <= 1');
  });

  it('decide nothing from one host, and say that few are few', () => {
    const [one] = judged([{ ...bounds, max: 1.2 }], { hosts: 1 }).gates;
    expect([one?.verdict, one?.detail]).toEqual([
      'inconclusive',
      expect.stringContaining('one host says nothing of others'),
    ]);
    expect(judged([{ ...bounds, max: 1.2 }], { hosts: 3 }).gates[0]?.detail).toContain(
      '3 hosts (fewer than six)',
    );
  });

  it('fail where a platform gave no sample, and are skipped where no host of the class could run it', () => {
    const missing = { ...bounds, platform: 'vm', over: null, max: 9 };
    expect(judged([missing]).gates[0]).toMatchObject({ verdict: 'fail', found: 'no samples' });
    const records = makeFleetRecords(usual).map((record) => ({
      ...withGates(record, [gate(missing)]),
      platforms: record.platforms.flatMap((platform) =>
        platform.id === 'runc'
          ? [platform, { ...platform, id: 'vm', skipped: { reason: 'no KVM', remedy: '' } }]
          : [platform],
      ),
    }));
    expect(merged(records).gates[0]).toMatchObject({
      verdict: 'skipped',
      detail: 'vm was skipped: no KVM',
    });
  });

  it('leave out what is off, and keep a warning from the exit code', () => {
    const fleet = judged([
      { ...bounds, max: 1.01, level: 'off' },
      { ...bounds, max: 1.01, level: 'warn' },
    ]);
    expect(verdicts(fleet)).toEqual(['fail']);
    expect(fleetExitCode(fleet, { failOnInconclusive: true })).toBe(0);
    expect(fleetExitCode(judged([{ ...bounds, max: 1.01 }]), { failOnInconclusive: false })).toBe(1);
    const undecided = judged([{ ...bounds, max: 1.054 }]);
    expect(fleetExitCode(undecided, { failOnInconclusive: false })).toBe(0);
    expect(fleetExitCode(undecided, { failOnInconclusive: true })).toBe(5);
  });
});

describe('gates over a fleet: worse-by', () => {
  const reference = judged([], { seed: 7 });

  it('are skipped without a reference', () => {
    expect(judged([regression]).gates[0]).toMatchObject({ verdict: 'skipped', found: 'no reference' });
  });

  it('compare each host with itself, also where its class changed with its kernel', () => {
    const slower = judged([regression], { slower: () => 1.15, machine: () => newKernel }, reference).gates[0];
    expect(slower).toMatchObject({ verdict: 'fail' });
    expect(slower?.detail).toMatch(/over 12 hosts, each against itself$/);
    expect(verdicts(judged([regression], { machine: () => newKernel }, reference))).toEqual(['pass']);
  });

  it('find in hosts of very different speed what they have in common', () => {
    const speed = (host: number): number => 1 + host;
    const before = judged([], { seed: 7, slower: speed });
    const after = judged([regression], { slower: (host) => 1.15 * speed(host) }, before);
    expect(verdicts(after)).toEqual(['fail']);
  });

  it('do not mind slower machines where the ratio to another platform is asked', () => {
    const overProcess = { ...regression, over: 'process' };
    expect(verdicts(judged([overProcess], { slower: () => 1.15 }, reference))).toEqual(['pass']);
  });

  it('compare classes with the same facts where hosts have other names', () => {
    const renamed = (host: number): object => ({ name: `new-${hostName(host)}` });
    const others = judged([regression], { slower: () => 1.15, machine: renamed }, reference).gates[0];
    expect(others?.verdict).toBe('fail');
    expect(others?.detail).toMatch(/over 12 hosts against 12 other hosts$/);
  });

  it('say what is missing where neither hosts nor classes are the same', () => {
    const [found] = judged(
      [regression],
      { machine: (host) => ({ ...newKernel, name: `new-${hostName(host)}` }) },
      reference,
    ).gates;
    expect(found).toMatchObject({ verdict: 'inconclusive', found: 'no change' });
    expect(found?.detail).toContain('need two hosts that are in both fleets');
  });

  it('are adjusted for their family: what stands out alone may not among twenty', () => {
    const narrow = { ...regression, worseBy: 0.01 };
    const shape = { hosts: 6, slower: () => 1.06, seed: 5 };
    const alone = judged([narrow], shape, reference).gates[0];
    const among = judged(
      Array.from({ length: 20 }, (_, index) => ({ ...narrow, id: `gate ${index}` })),
      shape,
      reference,
    ).gates[0];
    expect([alone?.verdict, among?.verdict]).toEqual(['fail', 'inconclusive']);
  });

  it('fail in at most one fleet of twenty whose hosts are exactly at the bound', () => {
    const trials = 100;
    const failed = Array.from({ length: trials }, (_, seed) => {
      const before = judged([], { hosts: 8, seed: 500 + seed });
      return verdicts(judged([regression], { hosts: 8, seed: 900 + seed, slower: () => 1.05 }, before))[0];
    }).filter((verdict) => verdict === 'fail').length;
    // 2.5 % of 100, and three standard errors.
    expect(failed).toBeLessThanOrEqual(7);
  });
});
