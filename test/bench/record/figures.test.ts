import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { digits, figure, figureOn, range, rangeOn, sharedScale } from '../../../bench/record/figures.ts';

const plain = (text: string): string => text.replaceAll('\u00a0', ' ');

describe('figure', () => {
  it.each([
    [0, 'ms', '0 ms'],
    [0.0421, 'ms', '42.1 µs'],
    [0.9999, 'ms', '1.00 ms'],
    [8.312, 'ms', '8.31 ms'],
    [999.7, 'ms', '1.00 s'],
    [2104.4, 'ms', '2.10 s'],
    [184_300, 'ms', '184 s'],
    [-41.25, 'ms', '−41.3 ms'],
    [0, 'virtual ms', '0 virtual ms'],
    [0.0421, 'virtual ms', '42.1 virtual µs'],
    [2104.4, 'virtual ms', '2.10 virtual s'],
    [0, 'bytes', '0 B'],
    [512, 'bytes', '512 B'],
    [25_190, 'bytes', '24.6 KiB'],
    [256_901_120, 'bytes', '245 MiB'],
    [1_073_741_824, 'bytes', '1.00 GiB'],
    [-3_145_728, 'bytes', '−3.00 MiB'],
    [1.0523, 'ratio', '1.05×'],
    [112.4, 'ratio', '112×'],
    [0.125, 'share', '12.5 %'],
    [1, 'yes-no', 'yes'],
    [0, 'yes-no', 'no'],
    [0.5, 'yes-no', '50.0 %'],
    [16, 'count', '16'],
    [15.5, 'count', '15.5'],
    [41.3, 'rps', '41.3/s'],
  ] as const)('%d %s is %s', (value, unit, text) => {
    expect(plain(figure(value, unit))).toBe(text);
  });

  it.each([
    [[2290, 2340, 34_600], 's', ['2.29', '2.34', '34.6']],
    [[61.1, 926], 'ms', ['61.1', '926']],
    // The smallest would be nothing but zeros in seconds.
    [[8.2, 34_600], 'ms', ['8.20', '34600']],
    [[0, 1200], 's', ['0', '1.20']],
    [[], 'ms', []],
  ])('of %j in one column is in %s', (values, symbol, texts) => {
    const scale = sharedScale('ms', values);
    expect(scale.symbol).toBe(symbol);
    expect(values.map((value) => figureOn(scale, value))).toEqual(texts);
  });

  it('of a column is in percent or in words where that says more', () => {
    expect(sharedScale('share', [0.5]).symbol).toBe('%');
    expect(figureOn(sharedScale('share', [0.5]), 0.5)).toBe('50.0');
    expect(figureOn(sharedScale('yes-no', [1]), 1)).toBe('yes');
    expect(rangeOn(sharedScale('yes-no', [1]), 0, 1)).toBe('no–yes');
  });

  it('of a column has its interval in the same unit', () => {
    expect(rangeOn(sharedScale('ms', [61, 9260]), 59.5, 62)).toBe('0.0595–0.0620');
    expect(rangeOn(sharedScale('bytes', [2 ** 20]), 2 ** 20, 2 ** 21)).toBe('1.00–2.00');
  });

  it('is a dash where there is nothing', () => {
    expect(figure(null, 'ms')).toBe('–');
    expect(figure(undefined, 'bytes')).toBe('–');
  });
});

describe('range', () => {
  it.each([
    [2049, 2183, 'ms', '2.05–2.18 s'],
    [940, 1060, 'ms', '0.94–1.06 s'],
    [0.98, 1.04, 'ratio', '0.98–1.04×'],
    [0.1, 0.25, 'share', '10.0–25.0 %'],
    [1, 1, 'yes-no', 'yes'],
    [0, 1, 'yes-no', 'no–yes'],
    [-1_048_576, 2_097_152, 'bytes', '−1.00 to 2.00 MiB'],
    [99_500, 101_200, 'ms', '100–101 s'],
  ] as const)('%d to %d %s is %s', (low, high, unit, text) => {
    expect(plain(range(low, high, unit))).toBe(text);
  });

  it('needs both ends', () => {
    expect(range(null, 3, 'ms')).toBe('–');
  });
});

describe('digits', () => {
  it('stays within half a percent of the value', () => {
    const values = fc.double({ min: 0.001, max: 1e6, noNaN: true });
    fc.assert(fc.property(values, (value) => Math.abs(Number(digits(value)) / value - 1) < 0.0051));
  });

  it('never writes a small value as nothing', () => {
    expect(digits(0.000123)).toBe('1.2e-4');
  });
});
