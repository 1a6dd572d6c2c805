import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { terminal } from '../../reports/terminal.ts';
import { makeRecord } from '../fixtures/records/make-record.ts';
import {
  crowdedRecord,
  hostileRecord,
  onlySkippedRecord,
  troubledRecord,
} from '../fixtures/records/odd-records.ts';

const show = (record: Parameters<typeof terminal.render>[0], columns: number, colour = false): string =>
  terminal.render(record, { columns, colour });

describe('terminal', () => {
  it('shows one row per platform, with ratio and interval where there is room', () => {
    const lines = show(makeRecord(), 110).split('\n');
    const header = lines.findIndex((line) => line.startsWith('platform'));
    expect(lines.slice(header, header + 4).map((line) => line.split(/ {2,}/)[0])).toEqual([
      'platform',
      '',
      'process',
      'runc',
    ]);
    expect(lines[header + 3]).toMatch(/^runc +2\.\d\d +1\.\d\d× \(.+×\) +2\.\d\d–2\.\d\d +\d+ /);
  });

  it('has one unit for each column, in the line below its title', () => {
    const lines = show(makeRecord(), 110).split('\n');
    const header = lines.findIndex((line) => line.startsWith('platform'));
    expect(lines[header + 1]?.trim().split(/ +/)).toEqual(['s', 's', 'MiB', 's']);
    expect(lines[header + 4]).toMatch(/^vm \(TCG\) +2\d\.\d /);
  });

  it('is a table in 60 columns, and says for which column there was no room', () => {
    const text = show(makeRecord(), 60);
    expect(text).toMatch(/^platform +ready +× process +interval of ready +memory +stop$/m);
    expect(text).toMatch(/^runc +2\.\d\d +1\.\d\d× +2\.\d\d–2\.\d\d +\d+ /m);
    const narrower = show(makeRecord(), 50);
    expect(narrower).toMatch(/^platform +ready +× process +memory +stop$/m);
    expect(narrower).toMatch(/^No room for 1 column: interval of ready\.$/m);
  });

  it('leaves out what differs least where there is less room', () => {
    const text = show(makeRecord(), 40);
    expect(text).toMatch(/^platform +ready +× process +stop$/m);
    expect(text).toMatch(/^No room for 2 columns: interval of\s+ready, memory\.$/m);
  });

  it('names below the table what is the same on all platforms', () => {
    const record = makeRecord();
    expect(show(record, 110)).not.toMatch(/^platform.*image/m);
    expect(show(record, 110)).toMatch(/^The same on all: image \(zstd\) 152 MiB\.$/m);
    const [larger] = record.results.filter(({ metric }) => metric === 'image.transfer');
    for (const result of record.results)
      if (result.platform === larger?.platform && result.metric === 'image.transfer')
        result.summary.median = 400 * 2 ** 20;
    expect(show(record, 110)).toMatch(/^platform.*image/m);
    expect(show(record, 110)).not.toContain('The same on all');
  });

  it('has the columns that were asked for, and names those that it does not know', () => {
    const options = { columns: 110, colour: false, show: ['memory', 'ready', 'weight'] };
    const text = terminal.render(makeRecord(), options);
    expect(text).toMatch(/^platform +memory +ready$/m);
    expect(text).toContain(
      '--columns: no weight here; there are ready, ratio, interval, memory, image, stop.',
    );
  });

  it('states emulation above the table', () => {
    const text = show(makeRecord(), 100);
    expect(text.indexOf('software emulation (TCG)')).toBeGreaterThan(0);
    expect(text.indexOf('software emulation (TCG)')).toBeLessThan(text.indexOf('platform '));
  });

  it.each([40, 60, 80, 110])('keeps within %d columns', (columns) => {
    for (const record of [makeRecord(), troubledRecord(), onlySkippedRecord()]) {
      const tooLong = show(record, columns)
        .split('\n')
        .filter((line) => line.length > columns);
      expect(tooLong).toEqual([]);
    }
  });

  it('becomes a list where the table does not fit', () => {
    const text = show(crowdedRecord(), 50);
    expect(text).not.toMatch(/^platform/m);
    expect(text).toMatch(/^process · 2\.\d\d s · baseline\n {2}interval: /m);
  });

  it('says the same without colour', () => {
    const coloured = show(troubledRecord(), 100, true);
    expect(coloured).not.toBe(stripVTControlCharacters(coloured));
    expect(stripVTControlCharacters(coloured)).toBe(show(troubledRecord(), 100));
  });

  it('names verdicts, findings, skipped platforms and failures with what to do', () => {
    const text = show(troubledRecord(), 300);
    expect(text).toMatch(/^gate FAIL: .*expected ≤ 8×, found 10\.6×/m);
    expect(text).toMatch(/^fairness error: process and runc: .* No ratio is drawn .* Fix: /m);
    expect(text).toMatch(/^skipped microvm: .*\n {2}fix: /m);
    expect(text).toMatch(/^failed vm: boot-hang during startup, block 3: .*\n {2}\| SeaBIOS/m);
    expect(text).toMatch(/log: logs\/vm-3\/console\.log/);
  });

  it('lets no text from elsewhere steer the terminal', () => {
    // eslint-disable-next-line no-control-regex -- what it looks for
    expect(show(hostileRecord(), 100)).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/);
  });
});
