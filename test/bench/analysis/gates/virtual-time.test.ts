import { describe, expect, it } from 'vitest';
import { refuseVirtualMargins } from '../../../../bench/check/noise.ts';
import { judgeGates } from '../../../../bench/analysis/gates/judge.ts';
import type { RecordedGate, RecordedPlatform, RecordedResult } from '../../../../bench/record/schema.ts';
import { summarize } from '../../../../bench/statistics/summary.ts';
import type { ResolvedGate } from '../../../../scenarios/resolved.ts';

const gate: ResolvedGate = {
  ...{ id: 'g', metric: 'startup.ready', lens: null, platform: 'bare', over: null },
  ...{ max: null, min: null, worseBy: 0.01, level: 'error' },
};

const platforms = [
  { id: 'bare', kind: 'process' },
  { id: 'process', kind: 'process' },
  { id: 'box', kind: 'container' },
] as RecordedPlatform[];

/** Three samples, as virtual time needs no more; `spread` is the largest less the smallest, as a share. */
function result(
  median: number,
  platform = 'bare',
  unit: RecordedResult['unit'] = 'virtual ms',
  spread = 0.002,
): RecordedResult {
  const values = [median, median * (1 - spread / 2), median * (1 + spread / 2)];
  return {
    ...{
      platform,
      measure: 'startup',
      metric: 'startup.ready',
      unit,
      better: 'lower',
      definition: '',
      condition: {},
    },
    samples: values.map((value, index) => ({ value, block: index + 1, at: '2026-01-01T00:00:00.000Z' })),
    summary: summarize(values),
  };
}

function judge(
  one: ResolvedGate,
  run: RecordedResult[],
  before: RecordedResult[] = [],
): RecordedGate | undefined {
  const reference = { id: 'before', results: before, platforms, looks: 1, machine: null };
  return judgeGates([one], { results: run, platforms: [], fairness: [], seed: 1, reference })[0];
}

describe('a gate on virtual time', () => {
  it('tells from three samples a change that lies beyond the margin and the noise floor', () => {
    expect(judge(gate, [result(102)], [result(100)])).toMatchObject({
      verdict: 'fail',
      found: expect.stringMatching(/^2 % slower: 102.virtual.ms, was 100.virtual.ms$/) as string,
      detail: 'virtual time, noise floor 0.5 %: beyond 1 %',
    });
    expect(judge(gate, [result(100.4)], [result(100)])?.verdict).toBe('pass');
    expect(judge(gate, [result(90)], [result(100)])?.verdict).toBe('pass');
    expect(judge(gate, [result(101.2)], [result(100)])?.verdict).toBe('inconclusive');
    expect(judge(gate, [result(100.8)], [result(100)])?.verdict).toBe('inconclusive');
  });

  it('needs six samples in real time', () => {
    const real = (median: number): RecordedResult[] => [result(median, 'bare', 'ms')];
    expect(judge(gate, real(150), real(100))?.verdict).toBe('inconclusive');
  });

  it('takes a ratio inside the run, and no bound that is written in real time', () => {
    const both = [result(100), result(10, 'process')];
    const over = { ...gate, worseBy: null, over: 'process' };
    expect(judge({ ...over, max: 11 }, both)?.verdict).toBe('pass');
    expect(judge({ ...over, max: 9 }, both)?.verdict).toBe('fail');
    expect(judge({ ...gate, worseBy: null, max: 500 }, both)).toMatchObject({
      verdict: 'skipped',
      detail: expect.stringContaining('never held against real time') as string,
    });
  });

  it('is refused with a margin below the noise floor', () => {
    const refuse = (worseBy: number, results: RecordedResult[]) => (): void => {
      refuseVirtualMargins([{ ...gate, worseBy }], { results, platforms });
    };
    expect(refuse(0.004, [result(100)])).toThrow('below the noise floor of virtual time, 0.5 %');
    expect(refuse(0.005, [result(100)])).not.toThrow();
    expect(refuse(0.004, [result(100, 'bare', 'ms')])).not.toThrow();
    // 0.05 virtual ms of 5.
    expect(refuse(0.009, [result(5)])).toThrow('below the noise floor of virtual time, 1 %');
    expect(refuse(0.01, [result(5)])).not.toThrow();
  });

  it('does not fail for a shift of a short start that is no slowdown', () => {
    const short = { ...gate, worseBy: 0.01 };
    expect(judge(short, [result(5.09)], [result(5)])?.verdict).toBe('inconclusive');
    expect(judge(short, [result(5.11)], [result(5)])?.verdict).toBe('fail');
    // The platform it is set against shifts, too.
    const ratio = { ...short, over: 'process' };
    const before = [result(50), result(5, 'process')];
    expect(judge(ratio, [result(51.1), result(5, 'process')], before)?.verdict).toBe('inconclusive');
    expect(judge(ratio, [result(51.5), result(5, 'process')], before)?.verdict).toBe('fail');
  });

  it('allows a box for more than a bare process', () => {
    const boxed = { ...gate, platform: 'box' };
    expect(judge(boxed, [result(30.8, 'box')], [result(30, 'box')])?.verdict).toBe('inconclusive');
    expect(judge({ ...boxed, platform: 'bare' }, [result(30.8)], [result(30)])?.verdict).toBe('fail');
    expect(judge(boxed, [result(31, 'box')], [result(30, 'box')])?.verdict).toBe('fail');
  });

  it('allows for what the changes of the single samples lie apart', () => {
    const wide = result(102, 'bare', 'virtual ms', 0.02);
    expect(judge(gate, [wide], [result(100)])?.verdict).toBe('inconclusive');
    expect(judge(gate, [result(102)], [result(100, 'bare', 'virtual ms', 0.02)])?.verdict).toBe(
      'inconclusive',
    );
    expect(judge(gate, [result(106)], [wide])?.verdict).toBe('fail');
    // All of them changed alike.
    expect(judge(gate, [wide], [result(100, 'bare', 'virtual ms', 0.02)])?.verdict).toBe('fail');
  });

  it('passes where nothing has changed, however far the samples lie apart', () => {
    const wide = result(100, 'bare', 'virtual ms', 0.1);
    expect(judge(gate, [wide], [wide])).toMatchObject({
      verdict: 'pass',
      found: expect.stringContaining('no change') as string,
    });
    expect(judge(gate, [result(100.01, 'bare', 'virtual ms', 0.05)], [wide])?.verdict).toBe('inconclusive');
  });
});
