import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatSize,
  parseDuration,
  parseSize,
} from '../../../scenarios/schema/quantities.ts';

const sizeUnits = {
  B: 1,
  kB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
  TiB: 1024 ** 4,
};
const durationUnits = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

describe('sizes', () => {
  it.each([
    ['512MiB', 536_870_912],
    ['6GiB', 6_442_450_944],
    ['1.5kB', 1500],
    ['200 MB', 200_000_000],
    ['0.3B', 0],
    ['512m', 536_870_912],
    ['512Mi', 536_870_912],
    ['2g', 2_147_483_648],
    ['1.5Gi', 1_610_612_736],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });

  it.each([
    '',
    '512',
    'MiB',
    '-1MiB',
    '1e3MiB',
    '512mib',
    '512 M',
    '512M',
    '2G',
    '512mi',
    '1,5GiB',
    ' 1GiB',
    '1GiB ',
    '1GiB\n',
    '.5GiB',
    'NaNMiB',
  ])('%j is no size', (text) => {
    expect(parseSize(text)).toBeNull();
  });

  it('any whole number of any unit is that many units', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom(...Object.entries(sizeUnits)), (count, [unit, bytes]) => {
        expect(parseSize(`${count}${unit}`)).toBe(count * bytes);
      }),
    );
  });

  it('what is shown reads back as about the same size', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 50 }), (bytes) => {
        const back = parseSize(formatSize(bytes)) ?? Number.NaN;
        expect(Math.abs(back - bytes) / bytes).toBeLessThan(0.01);
      }),
    );
  });
});

describe('times', () => {
  it.each([
    ['300ms', 300],
    ['5s', 5000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
  ])('%s is %d ms', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  it.each(['', '5', 's', '-5s', '5sec', '5S', '1m30s', 'Infinitys'])('%j is no time', (text) => {
    expect(parseDuration(text)).toBeNull();
  });

  it('any whole number of any unit is that many units', () => {
    fc.assert(
      fc.property(fc.nat(10_000), fc.constantFrom(...Object.entries(durationUnits)), (count, [unit, ms]) => {
        expect(parseDuration(`${count}${unit}`)).toBe(count * ms);
      }),
    );
  });

  it('what is shown reads back as about the same time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1e9 }), (durationMs) => {
        const back = parseDuration(formatDuration(durationMs)) ?? Number.NaN;
        expect(Math.abs(back - durationMs) / durationMs).toBeLessThan(0.01);
      }),
    );
  });

  it('no text makes the parsers throw or return a number that is none', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        for (const value of [parseSize(text), parseDuration(text)]) {
          expect(value === null || value >= 0).toBe(true);
        }
      }),
    );
  });
});
