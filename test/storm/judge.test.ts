import { describe, expect, it } from 'vitest';
import { exitFinding, exitsAfterResuming, lossFinding, readTold, recordFinding } from './judge.ts';
import type { Blow } from './moment.ts';

const ended = (code: number): { code: number; signal: null } => ({ code, signal: null });
const killed = { code: null, signal: 'SIGKILL' };
const prober: Blow = { kind: 'kill', victim: 'prober' };

describe('the end of a command', () => {
  it.each<[Blow, { code: number | null; signal: string | null }]>([
    [{ kind: 'kill', victim: 'harness' }, killed],
    [prober, ended(4)],
    [prober, ended(0)],
    [{ kind: 'signal', signals: ['SIGINT', 'SIGINT'] }, ended(130)],
    [{ kind: 'signal', signals: ['SIGTERM'] }, ended(143)],
    [{ kind: 'disk', place: 'cache' }, ended(3)],
    [{ kind: 'memory', mebibytes: 80 }, killed],
  ])('is as documented after %o: %o', (blow, exit) => {
    expect(exitFinding(blow, exit, 'tare: because\n')).toBeNull();
  });

  it.each<[Blow, { code: number | null; signal: string | null }, string]>([
    [prober, killed, 'ended with SIGKILL, not with 4 or 0'],
    [prober, ended(1), 'ended with 1, not with 4 or 0'],
    [{ kind: 'signal', signals: ['SIGTERM'] }, ended(130), 'ended with 130, not with 143 or 0'],
    [{ kind: 'disk', place: 'results' }, ended(2), 'ended with 2, not with 3 or 4 or 0'],
  ])('is a finding after %o: %o', (blow, exit, finding) => {
    expect(exitFinding(blow, exit, 'tare: because\n')).toBe(finding);
  });

  it('is a finding where the program shows a stack, calls itself faulty or says nothing', () => {
    expect(exitFinding(prober, ended(4), 'Error: x\n    at y (z.ts:1:1)\n')).toMatch(/fault of its own/);
    expect(exitFinding(prober, ended(4), 'tare: x\nThis is a bug in tare.\n')).toMatch(/fault of its own/);
    expect(exitFinding(prober, ended(4), '')).toBe('ended with 4 and said nothing');
    expect(exitFinding(prober, ended(0), '')).toBeNull();
  });
});

it('expects of what goes on that nothing new fails, and that what failed stays on record', () => {
  expect(exitsAfterResuming('run', 0)).toEqual([0]);
  expect(exitsAfterResuming('density', 2)).toEqual([4]);
  expect(exitsAfterResuming('check', 0)).toEqual([0, 1]);
  expect(exitsAfterResuming('check', 1)).toEqual([4, 1]);
  expect(exitsAfterResuming('self-test', 1)).toEqual([0]);
});

describe('a journal', () => {
  const run = '{"type":"run","seed":1}\n';
  const host = '{"type":"host"}\n';
  const sample = (value: number): string => `{"type":"sample","value":${value}}\n`;

  it('counts what is complete, and not the line that was cut off', () => {
    expect(readTold(`${run}${host}${sample(1)}{"type":"sample","va`)).toMatchObject({
      samples: 1,
      failures: 0,
      isBegun: true,
      isShowable: true,
    });
    expect(readTold('')).toMatchObject({ lines: [], isBegun: false, isShowable: false });
    expect(readTold(run)).toMatchObject({ isBegun: true, isShowable: false });
  });

  it('may grow, and loses nothing', () => {
    const before = readTold(run + host + sample(1));
    expect(lossFinding(before, readTold(run + host + sample(1) + sample(2)))).toBeNull();
    expect(lossFinding(before, readTold(run + host))).toMatch(/^line 3 of the journal is lost/);
    expect(lossFinding(before, readTold(run + host + sample(2)))).toMatch(/^line 3 of the journal is lost/);
  });

  it('has as many samples as its record, apart from a density, which is made of other events', () => {
    const told = readTold(run + host + sample(1) + sample(2));
    const result = (measure: string, samples: number): never =>
      ({ measure, samples: Array<object>(samples).fill({}) }) as never;
    const results = [result('startup', 1), result('stop', 1), result('density', 3)];
    expect(recordFinding(told, { results })).toBeNull();
    expect(recordFinding(told, { results: results.slice(1) })).toBe(
      'the record has 1 samples, the journal 2',
    );
  });
});
