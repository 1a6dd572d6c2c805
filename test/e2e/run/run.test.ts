/** The main job on the tiny workload, as a user runs it: process, container, VM; record, reports, clean-up. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { leftovers } from '../../support/leftovers.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;
let record: RunRecord;
const folder = (): string => join(box.folder, 'out');

beforeAll(async () => {
  box = await makeSandbox();
  const platforms = ['process', 'runc', 'vm'].flatMap((id) => ['--platform', id]);
  const { code, stdout, stderr } = await tare(box, [
    'run',
    'tiny',
    ...platforms,
    '--samples',
    '1',
    '--json',
    '--out',
    'out',
  ]);
  expect(stderr + String(code)).toMatch(/0$/);
  record = JSON.parse(stdout) as RunRecord;
});
afterAll(() => box.remove());

const result = (platform: string, metric: string): RunRecord['results'][number] => {
  const found = record.results.find((entry) => entry.platform === platform && entry.metric === metric);
  if (!found) throw new Error(`no ${metric} of ${platform}`);
  return found;
};

describe('tare run tiny', () => {
  it('prints a record that validates against tare schema record', async () => {
    const schema = JSON.parse((await tare(box, ['schema', 'record'])).stdout) as object;
    const validate = new Ajv2020({ strict: false }).compile(schema);
    expect(validate(record), JSON.stringify(validate.errors)).toBe(true);
    expect(JSON.parse(await readFile(join(folder(), 'run.json'), 'utf8'))).toEqual(record);
  });

  it('is complete: every platform has every sample, warm-up kept but not counted', () => {
    expect(record.run.status).toBe('complete');
    expect(record.failures).toEqual([]);
    expect(['poll', 'as-is']).toContain(record.run.harness.idleCpus);
    for (const platform of ['process', 'runc', 'vm']) {
      const { samples, summary } = result(platform, 'startup.ready');
      expect(samples.map((sample) => [sample.block, sample.excluded])).toEqual([
        [0, 'warm-up block'],
        [1, undefined],
      ]);
      expect(summary.n).toBe(1);
      expect(summary.ciLow).toBeNull();
    }
  });

  it('has phases that add up to the startup, sample by sample, with little unexplained', () => {
    for (const platform of ['process', 'runc', 'vm']) {
      const phases = record.results.filter(
        (entry) => entry.platform === platform && entry.metric.startsWith('startup.phase.'),
      );
      for (const { block, value } of result(platform, 'startup.ready').samples) {
        const parts = phases.flatMap((phase) => phase.samples.filter((sample) => sample.block === block));
        expect(parts.reduce((sum, sample) => sum + sample.value, 0)).toBeCloseTo(value, 3);
        const unexplained = parts.find((_, index) => phases[index]?.metric === 'startup.phase.unexplained');
        expect(unexplained?.value ?? 0).toBeLessThan(value * 0.05);
      }
    }
  });

  it('shows for a VM each phase from VMM to response', () => {
    const names = ['launch', 'firmware', 'kernel', 'initrd', 'init', 'workload', 'response'];
    for (const name of names) expect(result('vm', `startup.phase.${name}`).summary.median).toBeGreaterThan(0);
  });

  it('fills every memory lens that applies, and a VM’s parts', () => {
    for (const platform of ['process', 'runc', 'vm']) {
      for (const lens of ['pss', 'uss', 'rss', 'cgroup', 'workingset', 'host', 'unclaimed']) {
        expect(result(platform, `memory.${lens}`).summary.n, `${platform} ${lens}`).toBeGreaterThan(0);
      }
    }
    expect(result('vm', 'memory.guest').summary.median).toBeGreaterThan(2 ** 20);
    const parts = record.results.filter((entry) => entry.platform === 'vm' && entry.metric === 'memory.part');
    expect(parts.map((part) => part.lens)).toEqual(expect.arrayContaining(['guest-ram', 'vmm']));
  });

  it('weighs the images, all from one payload', () => {
    const digests = new Set(record.platforms.map((platform) => platform.payloadDigest));
    expect(digests).toEqual(new Set([record.workload.payloadDigest]));
    for (const platform of ['process', 'runc', 'vm']) {
      for (const lens of ['transfer', 'allocated', 'marginal']) {
        expect(result(platform, `image.${lens}`).samples.length, `${platform} ${lens}`).toBeGreaterThan(0);
      }
    }
    expect(result('vm', 'image.virtual').summary.median).toBeGreaterThan(
      result('vm', 'image.allocated').summary.median ?? 0,
    );
  });

  it('labels emulation: accelerator, reason and a warning', () => {
    const vm = record.platforms.find((platform) => platform.id === 'vm');
    if (vm?.accel === 'kvm') return;
    expect(vm?.accel).toBe('tcg');
    expect(record.host.kvm.usable).toBe(false);
    expect(record.host.kvm.reason).not.toBe('');
    expect(record.fairness.map((finding) => finding.code)).toContain('accel-tcg');
  });

  it('compares with the baseline platform', () => {
    const ratio = record.comparisons.find(
      (entry) => entry.platform === 'vm' && entry.metric === 'startup.ready',
    );
    expect(ratio?.against).toBe('process');
    const expected =
      (result('vm', 'startup.ready').summary.median ?? 0) /
      (result('process', 'startup.ready').summary.median ?? 0);
    expect(ratio?.ratio).toBeCloseTo(expected, 6);
    expect(ratio?.ciLow).toBeNull();
  });

  it('writes CSVs with the figures of the record', async () => {
    const samples = await readFile(join(folder(), 'samples.csv'), 'utf8');
    const summary = await readFile(join(folder(), 'summary.csv'), 'utf8');
    const count = record.results.reduce((sum, entry) => sum + entry.samples.length, 0);
    expect(samples.trim().split('\n')).toHaveLength(count + 1);
    expect(summary.trim().split('\n')).toHaveLength(record.results.length + 1);
    for (const { value } of result('runc', 'startup.ready').samples) expect(samples).toContain(String(value));
    expect(summary).toContain(String(result('vm', 'startup.ready').summary.median));
  });

  it('renders every report again to the same bytes', async () => {
    const files = ['report.html', 'report.md', 'summary.csv', 'samples.csv'];
    const read = (): Promise<string[]> =>
      Promise.all(files.map((file) => readFile(join(folder(), file), 'utf8')));
    const before = await read();
    for (const file of files) await writeFile(join(folder(), file), '');
    expect((await tare(box, ['report', folder()])).code).toBe(0);
    expect(await read()).toEqual(before);
  });

  it('leaves nothing on the machine', async () => {
    expect(await leftovers(box)).toEqual([]);
  });
});
