import { describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { goBenchmark } from '../../../reports/formats/go-benchmark.ts';
import { makeRecord, runcShape } from '../../fixtures/records/make-record.ts';
import { hostileRecord } from '../../fixtures/records/odd-records.ts';

describe('Go benchmark text', () => {
  it('has a line for every sample that counts, in seconds and bytes', () => {
    const record = makeRecord();
    const { results } = read(record);
    const counted = record.results.flatMap(({ samples }) =>
      samples.filter(({ excluded }) => excluded === undefined),
    );
    expect(results).toHaveLength(counted.length);
    const ready = results.filter(({ unit }) => unit === 'startup.ready-sec');
    const runc = record.results.find(
      ({ platform, metric }) => platform === 'runc' && metric === 'startup.ready',
    );
    expect(ready.filter(({ keys }) => keys['platform'] === 'runc').map(({ value }) => value)).toEqual(
      runc?.samples.slice(1).map(({ value }) => value / 1000),
    );
    expect(
      results.some(({ unit, value }) => unit === 'image.transfer-bytes' && value === 152 * 2 ** 20),
    ).toBe(true);
  });

  it('names benchmarks by what tells them apart', () => {
    const names = read(makeRecord()).results.map(({ name }) => name);
    expect(names).toContain('Tomcat/platform=process/cpus=1');
    expect(names).toContain('Tomcat/platform=vm/accel=tcg/lens=vmm/state=rest/cpus=1');
  });

  it('does not let a number at the end of an id pass for GOMAXPROCS', () => {
    const { results } = read(makeRecord({ platforms: [{ ...runcShape, id: 'runc-2' }] }));
    expect(results.every(({ keys, procs }) => keys['platform'] === 'runc-2' && procs === null)).toBe(true);
    expect(results.length).toBeGreaterThan(50);
  });

  it('gives every unit its direction, and says which are exact', () => {
    const { units, results } = read(makeRecord());
    expect(new Set(results.map(({ unit }) => unit))).toEqual(new Set(units.keys()));
    expect(units.get('startup.ready-sec')).toEqual({ better: 'lower' });
    expect(units.get('image.transfer-bytes')).toEqual({ better: 'lower', assume: 'exact' });
    expect(units.get('image.marginal-bytes')).toEqual({ better: 'lower' });
  });

  it('has the same configuration for every run of a scenario on a machine', () => {
    const other = makeRecord({ samples: 3 });
    other.run = { ...other.run, id: 'another', seed: 7 };
    other.workload = { ...other.workload, payloadDigest: 'sha256:other' };
    expect(read(other).configuration).toEqual(read(makeRecord()).configuration);
    expect(read(makeRecord()).configuration.get('cpu')).toBe('Intel(R) Xeon(R) Processor @ 2.60GHz');
  });

  it('can be read whatever the texts are', () => {
    const { results } = read(hostileRecord());
    expect(results.length).toBeGreaterThan(100);
    expect(results.every(({ keys }) => keys['platform']?.includes('<img'))).toBe(true);
  });
});

interface Benchmark {
  name: string;
  keys: Record<string, string | undefined>;
  procs: number | null;
  value: number;
  unit: string;
}

/** Reads as golang.org/x/perf/benchfmt does, but takes no line that it would pass over unless it begins with #. */
function read(record: RunRecord): {
  results: Benchmark[];
  units: Map<string, Record<string, string>>;
  configuration: Map<string, string>;
} {
  const results: Benchmark[] = [];
  const units = new Map<string, Record<string, string>>();
  const configuration = new Map<string, string>();
  const text = goBenchmark.render(record, { columns: 80, colour: false });
  expect(text.endsWith('\n')).toBe(true);
  for (const line of text.slice(0, -1).split('\n')) {
    const pair = /^([a-z][^\sA-Z:]*):[ \t]+(\S.*)$/.exec(line);
    if (line.startsWith('#')) continue;
    if (line.startsWith('Benchmark')) results.push(readBenchmark(line));
    else if (line.startsWith('Unit ')) {
      const [unit = '', ...pairs] = line.split(/\s+/).slice(1);
      expect(units.has(unit)).toBe(false);
      units.set(unit, Object.fromEntries(pairs.map((each) => each.split('='))) as Record<string, string>);
    } else if (pair) configuration.set(pair[1] ?? '', pair[2] ?? '');
    else throw new Error(`a reader passes over: ${line}`);
  }
  return { results, units, configuration };
}

function readBenchmark(line: string): Benchmark {
  const [first = '', iterations, value, unit, ...more] = line.split(/[\s\u0085\u00a0]+/);
  expect([line, iterations, more]).toEqual([line, '1', []]);
  expect(Number.isFinite(Number(value))).toBe(true);
  const [, name = '', procs] = /^Benchmark(.*?)(?:-(\d+))?$/.exec(first) ?? [];
  const [base = '', ...parts] = name.split('/');
  expect(base).not.toContain('=');
  const keys = Object.fromEntries(
    parts.map((part) => {
      const at = part.indexOf('=');
      if (at < 1) throw new Error(`no key=value: ${part}`);
      return [part.slice(0, at), part.slice(at + 1)];
    }),
  );
  return {
    name,
    keys,
    procs: procs === undefined ? null : Number(procs),
    value: Number(value),
    unit: unit ?? '',
  };
}
