import { describe, expect, it } from 'vitest';
import { exitCodeOf, heaviest } from '../../../../bench/cli/output/verdict.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';

type Gate = RunRecord['gates'][number];

const clean = (): RunRecord => ({ ...makeRecord(), failures: [], gates: [] });
const gate = (verdict: Gate['verdict'], level: Gate['level'] = 'error'): Gate => ({
  id: 'startup.ready of vm',
  verdict,
  level,
  expected: '',
  found: '',
  detail: '',
});
const failure: RunRecord['failures'][number] = {
  platform: 'vm',
  measure: 'startup',
  instance: 'vm-1',
  block: 1,
  code: 'guest-panic',
  message: 'the kernel panicked',
  lines: [],
  log: null,
};
const lenient = { failOnInconclusive: false };

describe('exit code of a record', () => {
  it('is 0 when nothing failed', () => {
    expect(exitCodeOf({ ...clean(), gates: [gate('pass'), gate('skipped')] }, lenient)).toBe(0);
  });

  it('is 1 for a failed gate, but not for one that only warns', () => {
    expect(exitCodeOf({ ...clean(), gates: [gate('fail')] }, lenient)).toBe(1);
    expect(exitCodeOf({ ...clean(), gates: [gate('fail', 'warn')] }, lenient)).toBe(0);
  });

  it('is 4 for a failed platform, also when a gate failed', () => {
    expect(exitCodeOf({ ...clean(), failures: [failure], gates: [gate('fail')] }, lenient)).toBe(4);
  });

  it('is 5 for an inconclusive gate only on request', () => {
    const record = { ...clean(), gates: [gate('inconclusive')] };
    expect(exitCodeOf(record, lenient)).toBe(0);
    expect(exitCodeOf(record, { failOnInconclusive: true })).toBe(5);
  });

  it('is 3 when every platform was skipped, and 0 when one ran', () => {
    const record = clean();
    const skipped = { reason: 'not installed', remedy: 'install it' };
    const allSkipped = record.platforms.map((platform) => ({ ...platform, skipped }));
    expect(exitCodeOf({ ...record, platforms: allSkipped }, lenient)).toBe(3);
    const someSkipped = record.platforms.map((it, at) => ({ ...it, skipped: at === 0 ? null : skipped }));
    expect(exitCodeOf({ ...record, platforms: someSkipped }, lenient)).toBe(0);
  });
});

it('takes the weightiest exit code of several runs', () => {
  expect(heaviest([0, 5, 1])).toBe(1);
  expect(heaviest([1, 4, 0])).toBe(4);
  expect(heaviest([])).toBe(0);
});
