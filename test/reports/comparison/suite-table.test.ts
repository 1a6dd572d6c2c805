/** The joint table of a suite of workloads. */
import { expect, it } from 'vitest';
import { suiteTable } from '../../../reports/comparison/suite-table.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { makeRecord, processShape, runcShape } from '../../fixtures/records/make-record.ts';

const others = ['runc', 'crun', 'docker', 'podman', 'lxc', 'nspawn'];

const recordOf = (workload: string): RunRecord => {
  const record = makeRecord({
    platforms: [processShape, ...others.map((id) => ({ ...runcShape, id }))],
    samples: 6,
  });
  return { ...record, workload: { ...record.workload, name: workload } };
};

it('has every workload and every platform once, in lines that a terminal has room for', () => {
  const lines = suiteTable('overhead', [recordOf('micro-cpu'), recordOf('micro-network')]).split('\n');
  expect(lines[0]).toMatch(/^overhead: process as median/);
  const heads = lines.filter((line) => line.startsWith('workload'));
  expect(heads.length).toBeGreaterThan(1);
  for (const head of heads) expect(head).toMatch(/^workload +process /);
  expect(heads.flatMap((head) => head.split(/ +/).slice(2))).toEqual(others);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(100);
  const ratios = lines.filter((line) => line.startsWith('micro-network')).join(' ');
  expect(ratios.match(/[\d.]+× [\d.]+–[\d.]+×/g)).toHaveLength(others.length);
});

it('is empty where there is nothing to join', () => {
  expect(suiteTable('one', [recordOf('micro-cpu')])).toBe('');
});
