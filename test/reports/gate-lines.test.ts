import { describe, expect, it } from 'vitest';
import type { RecordedGate } from '../../bench/record/schema.ts';
import { gateLines } from '../../reports/gate-lines.ts';

const show = (gates: readonly RecordedGate[]): string[] => gateLines(gates, { columns: 200, colour: false });

const gate = (id: string, verdict: RecordedGate['verdict'], detail: string): RecordedGate => ({
  id,
  verdict,
  level: 'error',
  expected: `${id} of runc <= 3`,
  found: '2',
  detail,
});

describe('the lines of gates', () => {
  it('says the reason of skipped gates once, and names each', () => {
    expect(
      show([
        gate('memory.pss runc', 'skipped', 'no reference'),
        gate('startup.ready runc', 'skipped', 'no reference'),
      ]),
    ).toEqual(['2 gates SKIPPED (each: no reference): memory.pss runc, startup.ready runc']);
  });

  it('keeps the whole sentence of a gate that alone has its reason', () => {
    const lines = show([
      gate('memory.pss runc', 'skipped', 'no reference'),
      gate('startup.ready lxc', 'skipped', 'lxc was skipped'),
    ]);
    expect(lines).toEqual([
      'gate SKIPPED: memory.pss runc: expected memory.pss runc of runc <= 3, found 2 (no reference)',
      'gate SKIPPED: startup.ready lxc: expected startup.ready lxc of runc <= 3, found 2 (lxc was skipped)',
    ]);
  });

  it('shows what did not pass first, and a sentence for each', () => {
    const lines = show([
      gate('a', 'pass', 'inside'),
      gate('b', 'pass', 'inside'),
      gate('c', 'fail', 'above'),
      { ...gate('d', 'inconclusive', 'few'), level: 'warn' },
    ]);
    expect(lines.map((line) => line.split(': expected')[0])).toEqual([
      'gate FAIL: c',
      'gate INCONCLUSIVE (warn only): d',
      'gate PASS: a',
      'gate PASS: b',
    ]);
  });
});
