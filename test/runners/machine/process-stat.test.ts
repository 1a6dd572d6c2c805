import { expect, test } from 'vitest';
import { parseProcessStat } from '../../../runners/machine/process-stat.ts';

test('a process has its own CPU time and that of its ended children, whatever it is called', () => {
  const fields = 'S 41 3 3 0 -1 0 0 0 0 0 7 5 20 8 20 0 1 0 123';
  expect(parseProcessStat(`812 (a) b (c) ${fields}`)).toEqual({
    name: 'a) b (c',
    state: 'S',
    parent: 41,
    cpuMs: 120,
    childrenCpuMs: 280,
    startTicks: '123',
  });
});
