import { expect, it } from 'vitest';
import { countingAll } from '../../../bench/lab/beat.ts';

it('a lab lives only if all its CPUs do', () => {
  let beats = 0;
  const count = countingAll(2, () => {
    beats += 1;
  });
  for (let time = 0; time < 5; time += 1) count(0);
  expect(beats).toBe(0);
  count(1);
  expect(beats).toBe(1);
  count(1);
  expect(beats).toBe(1);
  count(0);
  expect(beats).toBe(2);
});
