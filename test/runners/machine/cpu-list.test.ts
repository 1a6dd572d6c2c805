import { expect, it } from 'vitest';
import { parseCpuList } from '../../../runners/machine/cpu-list.ts';

it('reads the kernel’s list format', () => {
  expect(parseCpuList('0-2,5')).toEqual([0, 1, 2, 5]);
  expect(parseCpuList('7\n')).toEqual([7]);
});
