import { expect, it } from 'vitest';
import { missingFor, requireBudget } from '../../../../bench/measures/density/check.ts';

const machine = { memoryBytes: 8 * 2 ** 30, availableBytes: 6 * 2 ** 30, cpus: 4, diskBytes: 2 ** 40 };
const budget = { memoryBytes: 6 * 2 ** 30, cpus: 4, diskBytes: 2 ** 40 };

it('a budget may be all that the machine has to give', () => {
  expect(missingFor(budget, machine)).toEqual([]);
});

it('everything that is missing is named at once', () => {
  expect(missingFor({ memoryBytes: 7 * 2 ** 30, cpus: 8, diskBytes: 2 ** 41 }, machine)).toEqual([
    '7GiB of memory are needed, but of 8GiB only 6GiB are free',
    '8 CPUs are needed, but Tare may use only 4',
    '2TiB of disk are needed, but only 1TiB are free',
  ]);
});

it('this machine is looked at before anything starts', async () => {
  const huge = { memoryBytes: 2 ** 50, cpus: 1, diskBytes: null };
  await expect(requireBudget(huge, 2, '/nowhere/yet')).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringMatching(/^the budget is larger than this machine: 1024TiB of memory/) as string,
  });
  await expect(requireBudget({ ...huge, memoryBytes: 1 }, 2, '/nowhere/yet')).resolves.toBeUndefined();
});
