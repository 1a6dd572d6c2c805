/** The formats that others read, read by those others: programs of Debian that know nothing of Tare. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { hyperfine } from '../../../reports/formats/hyperfine.ts';
import { junit } from '../../../reports/formats/junit.ts';
import { openMetrics } from '../../../reports/formats/openmetrics.ts';
import { run } from '../../../runners/machine/command.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import {
  crowdedRecord,
  hostileRecord,
  onlySkippedRecord,
  troubledRecord,
} from '../../fixtures/records/odd-records.ts';

const options = { columns: 80, colour: false };
// Debian's own Python: its packages are not seen by another one that may come first on the PATH.
const python = '/usr/bin/python3';
const records: Record<string, RunRecord> = {
  main: makeRecord(),
  'one sample': makeRecord({ samples: 1 }),
  crowded: crowdedRecord(),
  troubled: troubledRecord(),
  skipped: onlySkippedRecord(),
  hostile: hostileRecord(),
};

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-formats-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
});

describe.each(Object.entries(records))('record: %s', (_, record) => {
  it.each(['openmetrics', 'prometheus'])(
    'its metrics are read by the %s parser of Prometheus',
    async (format) => {
      const text = openMetrics.render(record, options);
      const { stdout } = await run(python, [fixture('read-metrics.py'), format], { input: text });
      const samples = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      const read = jsonLines(stdout);
      expect(read).toHaveLength(samples.length);
      expect(read.map(([, type]) => type)).toEqual(samples.map(() => 'gauge'));
      expect(read.map((values) => values[5])).toEqual(samples.map((line) => Number(line.split(' ').at(-1))));
    },
  );

  it('its JUnit XML is valid, and junitparser reads every case', async () => {
    const file = join(folder, 'junit.xml');
    await writeFile(file, junit.render(record, options));
    await run('xmllint', ['--noout', '--nonet', '--schema', fixture('junit.xsd'), file]);
    const cases = jsonLines((await run(python, [fixture('read-junit.py'), file])).stdout);
    const failed = record.failures.map(({ platform }) => platform);
    const platforms = record.platforms.filter(({ id, skipped }) => skipped ?? !failed.includes(id));
    expect(cases).toHaveLength(record.gates.length + platforms.length + failed.length);
    expect(cases.filter(([, , outcome]) => outcome === 'error')).toHaveLength(failed.length);
  });
});

describe('junitparser verify', () => {
  const verdictOf = async (record: RunRecord): Promise<number> => {
    const file = join(folder, 'verify.xml');
    await writeFile(file, junit.render(record, options));
    return (await run('junitparser', ['verify', file], { accept: [0, 1] })).code;
  };

  it('is content with a run without fault, and not with a failed gate', async () => {
    const failed = makeRecord();
    failed.gates = troubledRecord().gates;
    const warned = { ...failed, gates: failed.gates.map((gate) => ({ ...gate, level: 'warn' as const })) };
    expect(await verdictOf(makeRecord())).toBe(0);
    expect(await verdictOf(failed)).toBe(1);
    expect(await verdictOf(warned)).toBe(0);
  });
});

describe('hyperfine JSON', () => {
  it('has the very fields that hyperfine exports', async () => {
    const file = join(folder, 'hyperfine.json');
    const exported = ['--export-json', file];
    const list = ['--parameter-list', 'platform', 'runc,vm', '/bin/true {platform}'];
    await run('hyperfine', ['--runs', '2', '--shell', 'none', ...exported, ...list]);
    const theirs = JSON.parse(await readFile(file, 'utf8')) as Exported;
    const ours = JSON.parse(hyperfine.render(makeRecord(), options)) as Exported;
    expect(Object.keys(ours)).toEqual(Object.keys(theirs));
    expect(theirs.results).toHaveLength(2);
    for (const [index, entry] of theirs.results.entries()) {
      const our = ours.results[index] ?? {};
      expect(Object.keys(our)).toEqual(Object.keys(entry));
      for (const [key, value] of Object.entries(entry)) {
        // What Tare does not know is null.
        if (key === 'user' || key === 'system') expect(our[key]).toBeNull();
        else expect([key, kindOf(our[key])]).toEqual([key, kindOf(value)]);
      }
    }
  });
});

interface Exported {
  results: Record<string, unknown>[];
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function jsonLines(text: string): unknown[][] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown[]);
}

function fixture(name: string): string {
  return fileURLToPath(new URL(`../../fixtures/formats/${name}`, import.meta.url));
}
