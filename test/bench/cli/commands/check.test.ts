import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCommand, type CheckOptions } from '../../../../bench/cli/commands/check.ts';
import type { RecordedFailure, RunRecord } from '../../../../bench/record/schema.ts';
import type { ResolvedGate } from '../../../../scenarios/resolved.ts';
import { gate, withGates } from '../../../fixtures/records/gated-record.ts';
import { otherRun } from '../../../fixtures/records/other-run.ts';
import {
  changed,
  having,
  openCheckStage,
  reference,
  regression,
  type CheckStage,
} from '../../../support/check/check-stage.ts';
import { testContext } from '../../../support/context.ts';

const failure: RecordedFailure = {
  platform: 'runc',
  measure: 'startup',
  instance: 'runc-4',
  block: 4,
  code: 'not-ready',
  message: 'no answer',
  lines: [],
  log: null,
};
const imageGate = gate({ metric: 'image.transfer', worseBy: 0 });

let stage: CheckStage;
beforeEach(async () => {
  stage = await openCheckStage();
});
afterEach(() => stage.remove());

describe('tare check', () => {
  it('passes the same again, with what it could have seen', async () => {
    const { code, out } = await stage.check(changed(1));
    expect(out).toMatch(
      /^gate PASS: startup\.ready runc: expected startup\.ready of runc at most 5 % worse than /m,
    );
    expect(out.replace(/\s+/g, ' ')).toMatch(
      /lies within 5 % \(p .*; 12 and 12 samples; with so many this gate sees [89](\.\d)? %/,
    );
    expect(code).toBe(0);
  });

  it('fails what is slower, and names platform, metric, by how much and how sure', async () => {
    const { code, out } = await stage.check(changed(1.12));
    const said = out.replace(/\s+/g, ' ');
    expect(said).toMatch(
      /gate FAIL: startup\.ready runc: .* found 1[12] % slower: 2\.\d+ s, was 2\.\d+ s; 95 % interval \+\d.*% to \+\d+ % \(the whole interval lies beyond 5 % \(p < 0\.001; 12 and 12 samples\)\)/,
    );
    expect(code).toBe(1);
  });

  it('puts its verdicts into the reports, and leaves the record alone', async () => {
    const run = changed(1.12);
    await stage.check(run, [regression], { reporter: ['junit=tare.xml'] });
    const folder = join(stage.folder, '.tare', 'runs', run.run.id);
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toMatch(/startup\.ready runc \| fail /);
    expect(await readFile(join(stage.folder, 'tare.xml'), 'utf8')).toContain('failures="1"');
    expect(JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'))).toMatchObject({ gates: [] });
  });

  it('is inconclusive in between, which is no pass', async () => {
    const run = changed(1.05);
    expect((await stage.check(run)).gates[0]).toMatchObject({ verdict: 'inconclusive' });
    expect((await stage.check(run)).code).toBe(0);
    expect((await stage.check(run, [regression], { failOnInconclusive: true })).code).toBe(5);
  });

  it('judges sizes exactly, each compression on its own', async () => {
    const { code, gates } = await stage.check(changed(1.0001, 'image.transfer'), [imageGate]);
    expect(gates.every(({ verdict, detail }) => verdict === 'fail' && detail.startsWith('exact'))).toBe(true);
    expect(gates.length).toBeGreaterThan(1);
    expect(code).toBe(1);
    expect((await stage.check(changed(1), [imageGate])).code).toBe(0);
    expect((await stage.check(changed(0.9, 'image.transfer'), [imageGate])).code).toBe(0);
  });

  it('judges the ratio to another platform, which a slower machine leaves as it is', async () => {
    const over = gate({ over: 'process', worseBy: 0.05 });
    const allSlower = otherRun(reference, { factor: () => 1.5 });
    expect((await stage.check(allSlower, [over])).gates[0]).toMatchObject({ verdict: 'pass' });
    expect((await stage.check(allSlower, [regression])).gates[0]).toMatchObject({ verdict: 'fail' });
    expect((await stage.check(changed(1.12), [over])).gates[0]).toMatchObject({ verdict: 'fail' });
  });

  it('knows which way is better', async () => {
    const rate = (record: RunRecord): RunRecord => ({
      ...record,
      results: record.results.map((result) => ({ ...result, better: 'higher' as const })),
    });
    expect((await stage.check(rate(changed(0.85)), [regression], {}, rate(reference))).code).toBe(1);
    expect(
      (await stage.check(rate(changed(1.15)), [regression], {}, rate(reference))).gates[0],
    ).toMatchObject({
      verdict: 'pass',
    });
  });

  it('keeps the family of gates in mind: one among many must be surer', async () => {
    const values = (factor: number): number[] => [1, 2, 3, 4, 5, 6].map((i) => (1000 + i) * factor);
    const before = having(reference, values(1));
    const run = having(otherRun(reference), values(1.06));
    expect((await stage.check(run, [regression], {}, before)).gates[0]).toMatchObject({ verdict: 'fail' });
    const many = Array.from({ length: 30 }, (_, index) => ({ ...regression, id: `g${index}` }));
    const [first] = (await stage.check(run, many, {}, before)).gates;
    expect(first?.verdict).toBe('inconclusive');
    expect(first?.detail).toMatch(/by itself, but not surely enough among 30 gates/);
  });

  it.each([
    ['equal samples on both sides', Array<number>(8).fill(700), Array<number>(8).fill(700), 'pass'],
    ['equal samples, worse', Array<number>(8).fill(700), Array<number>(8).fill(800), 'fail'],
    ['zeros on both sides', Array<number>(8).fill(0), Array<number>(8).fill(0), 'pass'],
    ['zeros before, more now', Array<number>(8).fill(0), Array<number>(8).fill(3), 'fail'],
    ['a zero among them', [0, 5, 6, 7, 5, 6, 7, 5], [9, 9, 8, 9, 9, 9, 8, 9], 'fail'],
    [
      'sides that do not scatter, exactly at the margin',
      Array<number>(8).fill(700),
      Array<number>(8).fill(735),
      'pass',
    ],
  ])('has a verdict on %s', async (_name, before, now, verdict) => {
    const found = await stage.check(
      having(otherRun(reference), now),
      [regression],
      {},
      having(reference, before),
    );
    expect(found.gates[0]).toMatchObject({ verdict });
  });

  it.each([
    ['both sides', [700], [900]],
    ['the reference', [700, 701, 702], [900, 901, 902, 903, 904, 905]],
  ])(
    'refuses a gate that too few samples in %s would leave undecided for ever',
    async (_name, before, now) => {
      const attempt = stage.check(
        having(otherRun(reference), now),
        [regression],
        {},
        having(reference, before),
      );
      await expect(attempt).rejects.toThrow(
        /^gate startup.ready runc: [13] samples? on a side, and it needs 6\n/,
      );
      await expect(attempt).rejects.toMatchObject({ exitCode: 2 });
    },
  );

  it('leaves a gate open whose samples a failure has cost', async () => {
    const failed = { ...having(otherRun(reference), [700, 701, 702]), failures: [failure] };
    const found = await stage.check(failed, [regression], {}, reference);
    expect(found.gates[0]).toMatchObject({ verdict: 'inconclusive', found: '3 samples' });
  });

  it('fails what is missing: a metric, a sample, a platform that the reference had', async () => {
    const empty = having(changed(1), []);
    expect((await stage.check(empty)).gates[0]).toMatchObject({ verdict: 'fail', found: 'no samples' });
    const without = having(reference, []);
    const found = (await stage.check(changed(1), [regression], {}, without)).gates[0];
    expect(found).toMatchObject({ verdict: 'fail' });
    expect(found?.detail).toMatch(/no sample of startup\.ready in the reference .*--update/);
    const run = changed(1);
    const lost = {
      ...run,
      platforms: run.platforms.map((platform) =>
        platform.id === 'runc'
          ? { ...platform, skipped: { reason: 'no runc', remedy: 'install it' } }
          : platform,
      ),
    };
    expect((await stage.check(lost)).gates[0]).toMatchObject({ verdict: 'fail' });
  });
});

describe('what tare check refuses', () => {
  const refused = (
    run: RunRecord,
    message: RegExp,
    gates: readonly ResolvedGate[] = [regression],
    options: Partial<CheckOptions> = {},
  ): Promise<void> =>
    expect(stage.check(run, gates, options)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });

  it('a regression gate without a reference', async () => {
    await refused(changed(1), /1 of 1 gates compare with a reference run, and there is none/, [regression], {
      against: undefined,
    });
  });

  it('a scenario without gates, and gates with typos', async () => {
    await refused(changed(1), /has no gates, so there is nothing to check/, []);
    await refused(changed(1), /no platform has a metric "memory\.psss"; did you mean "memory\.pss"/, [
      gate({ metric: 'memory.psss', max: 1 }),
    ]);
    await refused(changed(1), /image\.transfer has no lens "transfr"; did you mean "transfer"/, [
      gate({ metric: 'image.transfer', lens: 'transfr', worseBy: 0 }),
    ]);
    await refused(changed(1), /unknown platform "rucn"; did you mean "runc"/, [
      gate({ platform: 'rucn', max: 1 }),
    ]);
  });

  it('another machine, unless forced, and then says so; sizes do not depend on it', async () => {
    const run = changed(1);
    const elsewhere = { ...run, host: { ...run.host, kernel: '6.12.0' } };
    await refused(
      elsewhere,
      /cannot be checked against .*\n {2}kernel: 6\.1\.0-28-amd64 in the reference, 6\.12\.0 in the run/,
    );
    const forced = await stage.check(elsewhere, [regression], { force: true });
    expect(forced.gates[0]?.detail).toMatch(/^NOT COMPARABLE, checked by --force/);
    expect((await stage.check(elsewhere, [imageGate])).code).toBe(0);
  });

  it('a run of another scenario, sizes included', async () => {
    const run = changed(1);
    const other = { ...run, workload: { ...run.workload, name: 'tiny' } };
    const message = /cannot be checked against .*\n {2}workload: tomcat in the reference, tiny in the run/;
    await refused(other, message);
    await refused(other, message, [imageGate]);
  });

  it('another payload is what a check is for', async () => {
    const run = changed(1);
    const platforms = run.platforms.map((platform) => ({
      ...platform,
      payloadDigest: `sha256:${'a'.repeat(64)}`,
    }));
    const { code, out } = await stage.check({ ...run, platforms });
    expect(code).toBe(0);
    expect(out).toContain('note: runc: payload digest: ');
  });

  it('a self-test of a record without its journal, and leaves the folder as it was', async () => {
    const path = await stage.store(withGates(changed(1), [regression]));
    const attempt = checkCommand({ run: path, selfTest: true, reporter: [] }, testContext(stage.folder));
    await expect(attempt).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/holds no run to resume: it has no events\.ndjson/) as string,
    });
    expect(await readdir(path)).toEqual(['run.json']);
  });

  it('records that are broken, or were changed by hand', async () => {
    const path = await stage.store(withGates(changed(1), [regression]));
    const text = await readFile(join(path, 'run.json'), 'utf8');
    const options = { run: path, reporter: [] };
    const refuses = async (content: string, message: RegExp): Promise<void> => {
      await writeFile(join(path, 'run.json'), content);
      await expect(checkCommand(options, testContext(stage.folder))).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(message) as string,
      });
    };
    await refuses(text.slice(0, 4000), /this is not JSON/);
    await refuses(text.replace('"schemaVersion":1', '"schemaVersion":7'), /schemaVersion 7/);
    await refuses(
      text.replace(/"median":\d+(\.\d+)?/, '"median":1'),
      /is not that of its samples; the record was changed/,
    );
  });
});
