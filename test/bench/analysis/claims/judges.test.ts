/** Rules that hold for every judge. */
import { describe, expect, test } from 'vitest';
import { judges } from '../../../../bench/analysis/claims/claims.ts';
import { verdictOf } from '../../../../bench/analysis/claims/judgement.ts';
import { reportClaims } from '../../../../bench/analysis/claims/report-claims.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import {
  around,
  claimRecord,
  docker,
  kvmVm,
  runc,
  tcgVm,
  type Figures,
} from '../../../fixtures/claims/claim-record.ts';
import { densityRecord } from '../../../fixtures/records/density-records.ts';
import type { PlatformShape } from '../../../fixtures/records/make-record.ts';

const mib = 2 ** 20;
const gib = 2 ** 30;
const rest = { state: 'rest' };

const of = (platform: PlatformShape, metric: string, values: readonly number[], condition = {}): Figures => ({
  ...{ platform, metric, values, condition },
});
const startup = (vm: PlatformShape, vmMs: number, containerMs: number): RunRecord =>
  claimRecord([of(vm, 'startup.ready', around(vmMs)), of(runc, 'startup.ready', around(containerMs))]);

describe('a judge', () => {
  test('takes the newest run that has both sides', () => {
    const [newest, older] = [startup(kvmVm, 120_000, 900), startup(kvmVm, 4000, 900)];
    expect(verdictOf(judges[1]([newest, older]).parts)).toBe('holds');
    const half = claimRecord([of(docker, 'startup.ready', around(500))]);
    expect(verdictOf(judges[1]([half, newest]).parts)).toBe('holds');
  });

  test('does not judge what lies on both sides of a limit', () => {
    const wide = [200, 400, 600, 1000, 1400, 1800, 2200];
    const [graceful] = judges[2]([claimRecord([of(runc, 'stop.graceful', wide)])]).parts;
    expect(graceful).toMatchObject({ verdict: 'not measured', because: { word: 'because.unclear' } });
  });

  test('takes the translation cache out of the memory of an emulated VM', () => {
    const record = claimRecord([
      of(tcgVm, 'memory.pss', around(400 * mib), rest),
      { ...of(tcgVm, 'memory.part', around(300 * mib), rest), lens: 'tcg-cache' },
      of(runc, 'memory.pss', around(100 * mib), rest),
    ]);
    const ratio = judges[5]([record]).evidence.find(({ against }) => against === 'runc');
    expect(ratio?.value).toBeCloseTo(1, 1);
  });

  test('shows what a cap ended as the least that it can be', () => {
    const record: RunRecord = {
      ...claimRecord([of(kvmVm, 'density.instances', [2]), of(runc, 'density.instances', [60])]),
      density: densityRecord([{ ...runc, fixed: 1, each: 1, by: 'cap', most: 60 }]).density,
    };
    const { claims } = reportClaims([{ record, folder: null }], 'en', '0.0.0');
    const evidence = claims[5]?.evidence ?? [];
    expect(evidence.map(({ text, low, high }) => [text, low, high])).toEqual([
      ['≥\u00a030.0×\u00a0vm', 30, null],
      ['2', 2, 2],
      ['≥\u00a060', 60, null],
    ]);
  });

  test('says what a limit asks for: yes or no of tries, and how little is left of the harm', () => {
    const quota = (limits: string, value: number): Figures =>
      of(runc, 'neighbor.latency.p99', around(value), { aggressor: 'fork', limits });
    const record = claimRecord([
      of(runc, 'portability.boots', [1, 1, 1], { format: 'oci' }),
      of(docker, 'recovery.default', [0, 0, 0], { fault: 'kill' }),
      ...[quota('off', 900), quota('on', 1.8)],
    ]);
    const { claims } = reportClaims([{ record, folder: null }], 'en', '0.0.0');
    const reasons = claims.flatMap(({ parts }) => parts.map(({ reason }) => reason));
    expect(reasons).toContainEqual(expect.stringMatching(/^runc yes \(yes each time\)$/));
    expect(reasons).toContainEqual(expect.stringMatching(/^docker no \(yes each time\)$/));
    expect(reasons).toContainEqual(
      expect.stringMatching(
        /^runc fork 1\.80× .* with quotas, runc fork 900× .* without \(at most 1\.20×, or at most half of the harm is left\)$/,
      ),
    );
  });

  test('draws no ratio across an error of fairness', () => {
    const record = claimRecord([
      of(kvmVm, 'memory.pss', around(400 * mib), rest),
      of(runc, 'memory.pss', around(100 * mib), rest),
    ]);
    const unfair: RunRecord = {
      ...record,
      fairness: [
        {
          level: 'error',
          code: 'memory-limit',
          platforms: ['vm', 'runc'],
          message: 'they differ',
          remedy: '',
        },
      ],
    };
    expect(verdictOf(judges[5]([unfair]).parts)).toBe('not measured');
  });

  test('judges no time of a machine that is emulated as a whole', () => {
    const record = startup(kvmVm, 120_000, 900);
    const lab = { accel: 'tcg', clock: 'real', cpus: 2, memoryBytes: gib, vmm: 'QEMU', digest: 'x' } as const;
    const inLab = { ...record, lab: { ...lab, outside: record.host } };
    expect(verdictOf(judges[1]([inLab]).parts)).toBe('not measured');
  });
});
