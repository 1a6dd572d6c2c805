import { expect, it } from 'vitest';
import { isExact, isPart, isSingle, titleOf } from '../../../bench/record/result.ts';

const size = { metric: 'image.transfer', unit: 'bytes' } as const;

it('a result that says what it is, is that, whatever its metric is called', () => {
  expect(isExact({ ...size, title: 'Image', isExact: true })).toBe(true);
  expect(isExact({ ...size, title: 'image' })).toBe(false);
  expect(isPart({ metric: 'own.share', unit: 'ms', title: 'own', isPart: true })).toBe(true);
});

it('a result of an older version is looked up among our own metrics', () => {
  expect(isExact(size)).toBe(true);
  expect(isPart({ metric: 'startup.phase.kernel', unit: 'virtual ms' })).toBe(true);
  expect(isSingle({ metric: 'density.instances', unit: 'count' })).toBe(true);
  expect(titleOf({ measure: 'startup' })).toBe('Startup');
});

it('a metric of others with our name and another unit is not ours', () => {
  expect(isExact({ metric: 'image.transfer', unit: 'ms' })).toBe(false);
  expect(isExact({ metric: 'image.load', unit: 'bytes' })).toBe(false);
});
