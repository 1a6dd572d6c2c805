import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import type { RecordedResult, RunRecord } from '../../../bench/record/schema.ts';
import { bencher } from '../../../reports/formats/bencher.ts';
import { biggerIsBetter, smallerIsBetter } from '../../../reports/formats/github-action-benchmark.ts';
import { hyperfine } from '../../../reports/formats/hyperfine.ts';
import { makeRecord, vmShape } from '../../fixtures/records/make-record.ts';
import { hostileRecord, troubledRecord } from '../../fixtures/records/odd-records.ts';

const options = { columns: 80, colour: false };
const number = { type: 'number' };
const text = { type: 'string', minLength: 1 };

describe('Bencher Metric Format', () => {
  const isValid = new Ajv().compile({
    type: 'object',
    additionalProperties: {
      type: 'object',
      propertyNames: { pattern: '^[a-z0-9]+(-[a-z0-9]+)*$', maxLength: 64 },
      additionalProperties: {
        type: 'object',
        additionalProperties: false,
        properties: { value: number, lower_value: number, upper_value: number },
        required: ['value'],
      },
    },
  });
  const render = (record: RunRecord): Record<string, Record<string, object>> => {
    const parsed = JSON.parse(bencher.render(record, options)) as Record<string, Record<string, object>>;
    expect([isValid(parsed), isValid.errors]).toEqual([true, null]);
    return parsed;
  };

  it('has the median of every result with its interval', () => {
    const record = makeRecord();
    const benchmarks = render(record);
    const { median, ciLow, ciHigh } = summary(record, 'runc', 'startup.ready');
    expect(benchmarks['tomcat/runc']?.['startup-ready-ms']).toEqual({
      value: median,
      lower_value: ciLow,
      upper_value: ciHigh,
    });
    const metrics = Object.values(benchmarks).flatMap((each) => Object.keys(each));
    expect(metrics).toHaveLength(record.results.length);
    expect(Object.keys(benchmarks['tomcat/vm accel=tcg state=rest'] ?? {})).toContain('memory-pss-bytes');
  });

  it('has no interval where the record has none, and nothing of a figure without samples', () => {
    const few = render(makeRecord({ samples: 2 }))['tomcat/runc']?.['startup-ready-ms'];
    expect(Object.keys(few ?? {})).toEqual(['value']);
    expect(render(makeRecord({ samples: 0 }))['tomcat/runc']?.['startup-ready-ms']).toBeUndefined();
    expect(render(makeRecord({ platforms: [] }))).toEqual({});
  });

  it('survives any text', () => {
    expect(Object.keys(render(hostileRecord())).length).toBeGreaterThan(3);
  });
});

describe('github-action-benchmark', () => {
  const isValid = new Ajv().compile({
    type: 'array',
    items: {
      type: 'object',
      additionalProperties: false,
      properties: { name: text, unit: text, value: number, range: text, extra: text },
      required: ['name', 'unit', 'value'],
    },
  });
  const render = (reporter: typeof smallerIsBetter, record: RunRecord): Record<string, unknown>[] => {
    const parsed = JSON.parse(reporter.render(record, options)) as Record<string, unknown>[];
    expect([isValid(parsed), isValid.errors]).toEqual([true, null]);
    return parsed;
  };

  it('has each median under a name of its own', () => {
    const record = makeRecord();
    const entries = render(smallerIsBetter, record);
    const names = entries.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    const { median, ciLow, ciHigh } = summary(record, 'vm', 'startup.ready');
    expect(entries.find(({ name }) => name === 'startup.ready tomcat/vm accel=tcg')).toMatchObject({
      unit: 'ms',
      value: median,
      range: `97 % interval ${Number(ciLow?.toPrecision(6))} to ${Number(ciHigh?.toPrecision(6))}`,
      extra: expect.stringMatching(
        /^median of n = 10\nlowest [\d.]+, highest [\d.]+\nFrom just before/,
      ) as string,
    });
    expect(names).toContain('image.transfer tomcat/runc compression=zstd');
  });

  it('keeps the directions in two files', () => {
    const record = makeRecord();
    expect(render(biggerIsBetter, record)).toEqual([]);
    record.results = record.results.map((result) =>
      result.metric === 'cpu.ready'
        ? { ...result, metric: 'throughput.rps', unit: 'rps', better: 'higher' }
        : result,
    );
    expect(render(biggerIsBetter, record).map(({ name }) => name)).toEqual([
      'throughput.rps tomcat/process',
      'throughput.rps tomcat/runc',
      'throughput.rps tomcat/vm accel=tcg',
    ]);
    const smaller = render(smallerIsBetter, record).map(({ name }) => String(name));
    expect(smaller.filter((name) => name.startsWith('throughput'))).toEqual([]);
  });

  it('leaves out what has no ratio from run to run', () => {
    const names = render(smallerIsBetter, makeRecord()).map(({ name }) => String(name));
    expect(names.filter((name) => /^(startup\.phase|memory\.unclaimed)/.test(name))).toEqual([]);
    const zero = makeRecord();
    zero.results = zero.results.map((each) => ({ ...each, summary: { ...each.summary, median: 0 } }));
    expect(render(smallerIsBetter, zero)).toEqual([]);
  });
});

describe('hyperfine JSON', () => {
  const nullable = { type: ['number', 'null'] };
  const isValid = new Ajv({ allowUnionTypes: true }).compile({
    type: 'object',
    additionalProperties: false,
    required: ['results'],
    properties: {
      results: {
        type: 'array',
        items: {
          type: 'object',
          additionalProperties: false,
          required: [
            'command',
            'mean',
            'stddev',
            'median',
            'user',
            'system',
            'min',
            'max',
            'times',
            'exit_codes',
          ],
          properties: {
            command: text,
            ...{ mean: number, stddev: nullable, median: number, min: number, max: number },
            ...{ user: { type: 'null' }, system: { type: 'null' } },
            times: { type: 'array', items: number, minItems: 1 },
            exit_codes: { type: 'array', items: { type: ['integer', 'null'] } },
            parameters: { type: 'object', additionalProperties: { type: 'string' } },
          },
        },
      },
    },
  });
  const render = (record: RunRecord): Record<string, unknown>[] => {
    const parsed = JSON.parse(hyperfine.render(record, options)) as { results: Record<string, unknown>[] };
    expect([isValid(parsed), isValid.errors]).toEqual([true, null]);
    return parsed.results;
  };

  it('has each platform with its samples in seconds, the warm-up left out', () => {
    const record = makeRecord();
    const results = render(record);
    expect(results.map(({ command }) => command)).toEqual([
      'tomcat/process',
      'tomcat/runc',
      'tomcat/vm accel=tcg',
    ]);
    const runc = resultOf(record, 'runc', 'startup.ready');
    expect(runc.samples).toHaveLength(11);
    expect(results[1]).toMatchObject({
      median: (runc.summary.median ?? 0) / 1000,
      stddev: (runc.summary.sd ?? 0) / 1000,
      times: runc.samples.slice(1).map(({ value }) => value / 1000),
      exit_codes: Array(10).fill(null),
      parameters: { scenario: 'tomcat', platform: 'runc' },
    });
    expect(results[2]?.['parameters']).toEqual({ scenario: 'tomcat', platform: 'vm', accel: 'tcg' });
  });

  it('has no spread of a single sample, and no entry without one', () => {
    expect(render(makeRecord({ samples: 1 })).map(({ stddev }) => stddev)).toEqual([null, null, null]);
    expect(render(makeRecord({ samples: 0 }))).toEqual([]);
    expect(render(troubledRecord())).toHaveLength(3);
    expect(render(makeRecord({ platforms: [vmShape] }))).toHaveLength(1);
  });
});

function resultOf(record: RunRecord, platform: string, metric: string): RecordedResult {
  const found = record.results.find((each) => each.platform === platform && each.metric === metric);
  if (!found) throw new Error(`the record has no ${metric} of ${platform}`);
  return found;
}

function summary(record: RunRecord, platform: string, metric: string): RecordedResult['summary'] {
  return resultOf(record, platform, metric).summary;
}
