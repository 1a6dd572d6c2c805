import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { compareRuns } from '../../../bench/analysis/compare-runs/compare-runs.ts';
import type { RunComparison } from '../../../bench/record/comparison.ts';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { comparisonTerminal } from '../../../reports/comparison/terminal.ts';
import { makeRecord } from '../../fixtures/records/make-record.ts';
import { hostileRecord } from '../../fixtures/records/odd-records.ts';
import { otherRun } from '../../fixtures/records/other-run.ts';

const everything = { platforms: [], measures: [], force: false };
const factors: Record<string, number> = {
  'startup.ready': 1.12,
  'startup.phase.launch': 5.1,
  'stop.graceful': 0.8,
  'image.unpacked': 1.05,
};
const compare = (
  record: RunRecord,
  run = otherRun(record, { factor: ({ metric }) => factors[metric] ?? 1 }),
): RunComparison => compareRuns(record, [run], everything);
const show = (comparison: RunComparison, columns: number, colour = false): string =>
  comparisonTerminal.render(comparison, { columns, colour });
const comparison = compare(makeRecord());

describe('comparison on the terminal', () => {
  it('says every difference in a sentence, the worse first', () => {
    const text = show(comparison, 160);
    expect(text).toMatch(
      /^runc: startup\.ready is 1[123] % slower \(\+2\d\d ms\), 95 % interval \+\d+(\.\d)? to \+1\d %\.$/m,
    );
    expect(text).toMatch(
      /^runc: startup\.phase\.launch is slower, [45]\.\d+× the reference \(\+\d+ ms\), 95 % interval [\d.]+–[\d.]+×\.$/m,
    );
    expect(text).toMatch(
      /^runc: stop\.graceful is 2\d % faster \(−\d+\.\d ms\), 95 % interval −\d+ to −\d+ %\.$/m,
    );
    expect(text).toMatch(/^runc: image\.unpacked is 5\.0 % larger: 460 MiB, was 438 MiB\.$/m);
    expect(text.indexOf('is 5.0 % larger')).toBeLessThan(text.indexOf('faster ('));
    expect(text).toMatch(/^\d+ figures: 12 differ, \d+ without a difference seen, 10 the same\.$/m);
  });

  it('shows figures in a table, and parts only where they differ', () => {
    const text = show(comparison, 160);
    expect(text).toMatch(
      /^runc +startup\.ready +2\.\d\d s +2\.\d\d s +\+1\d % +\+.* % +large +<?0\.\d+ +\d\.\d % +slower$/m,
    );
    expect(text).toMatch(/^runc +startup\.phase\.launch /m);
    expect(text).not.toMatch(/^runc +startup\.phase\.workload/m);
    expect(text).toMatch(/^\d+ parts \(phases, shares of memory\) show no difference/m);
  });

  it('says everything in sentences where the table does not fit', () => {
    const text = show(comparison, 40).replaceAll(/\n {2}/g, ' ');
    expect(text).not.toMatch(/^platform/m);
    expect(text).toMatch(
      /^process: memory\.pss \(rest\): no difference seen; with these samples one of \d\.\d % would have been\.$/m,
    );
  });

  it('has a table of four columns in 60', () => {
    const text = show(comparison, 60);
    expect(text).toMatch(/^platform +figure +change +difference$/m);
    expect(text).toMatch(/^runc +startup\.ready +\+1\d % +slower$/m);
  });

  it('begins with what differs, and only names what is the same', () => {
    for (const columns of [60, 160]) {
      const text = show(comparison, columns);
      const rows = text.split('\n').filter((line) => /^(process|runc|vm) /.test(line));
      const last = rows.findLastIndex((line) => /(slower|faster|larger|smaller)$/.test(line));
      expect(last).toBe(rows.findIndex((line) => / (none seen|too few samples)$/.test(line)) - 1);
      expect(rows.join('\n')).not.toMatch(/ same$/m);
      expect(text.replaceAll(/\n {2}/g, ' ')).toMatch(
        /^The same in every sample: .*image\.allocated of .*\.$/m,
      );
    }
  });

  it('says that there are too few samples, and never that nothing differs', () => {
    const short = makeRecord({ samples: 3 });
    const text = show(compare(short), 40).replaceAll(/\n {2}/g, ' ');
    expect(text).toMatch(/^runc: startup\.ready: too few samples to tell \(3 and 3; a test needs 4\)\.$/m);
    expect(text).not.toContain('no difference seen');
    const six = show(compare(makeRecord({ samples: 6 })), 40).replaceAll(/\n {2}/g, ' ');
    expect(six).toMatch(
      /^runc: startup\.ready: too few samples to tell \(6 and 6; among \d+ figures more are needed\)\.$/m,
    );
  });

  it.each([40, 60, 80, 120])('keeps within %d columns', (columns) => {
    const tooLong = show(comparison, columns)
      .split('\n')
      .filter((line) => line.length > columns);
    expect(tooLong).toEqual([]);
  });

  it('shows what was forced and what was left out', () => {
    const record = makeRecord();
    const moved = otherRun(record);
    const elsewhere = {
      ...moved,
      host: { ...moved.host, kernel: '6.12.1' },
      platforms: moved.platforms.map((platform) =>
        platform.id === 'vm' ? { ...platform, payloadDigest: `sha256:${'7'.repeat(64)}` } : platform,
      ),
    };
    const forced = show(compareRuns(record, [elsewhere], { ...everything, force: true }), 200);
    expect(forced).toMatch(
      /^NOT COMPARABLE, compared by --force: kernel: 6\.1\.0-28-amd64 in the reference, 6\.12\.1 in/m,
    );
    const left = show(compareRuns(record, [{ ...elsewhere, host: record.host }], everything), 200);
    expect(left).toMatch(
      /^not compared: vm: payload digest: sha256:3fa9c2000000… .* sha256:777777777777… in the run \(--force/m,
    );
    expect(left).not.toMatch(/^vm /m);
  });

  it('names what one run lacks and that a run is partial', () => {
    const record = makeRecord();
    const moved = otherRun(record);
    const run: RunRecord = {
      ...moved,
      run: { ...moved.run, status: 'partial' },
      platforms: moved.platforms.filter(({ id }) => id !== 'vm'),
    };
    const text = show(compareRuns(record, [run], everything), 160);
    expect(text).toMatch(/^missing in 20260116-101500-tomcat: vm: not in its scenario$/m);
    expect(text).toMatch(/^note: 20260116-101500-tomcat is partial$/m);
  });

  it('says the same without colour', () => {
    const coloured = show(comparison, 160, true);
    expect(coloured).not.toBe(show(comparison, 160));
    expect(stripVTControlCharacters(coloured)).toBe(show(comparison, 160));
  });

  it('lets no text from elsewhere steer the terminal', () => {
    const hostile = hostileRecord();
    const run = otherRun(hostile);
    const text = show(compareRuns(hostile, [run], everything), 100);
    expect(text).toContain('window.attacked');
    // eslint-disable-next-line no-control-regex -- what it looks for
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
    expect(text).not.toMatch(/NaN|undefined/);
  });
});
