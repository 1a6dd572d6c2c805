import { expect, test } from 'vitest';
import { parseStat } from '../../../runners/container-engine/shim.ts';

test('parent and CPU time of a process and its ended children, whatever its command is called', () => {
  const fields = 'S 41 3 3 0 -1 0 0 0 0 0 7 5 20 8 20 0 1 0 123';
  expect(parseStat(`812 (a) b (c) ${fields}`)).toEqual({ parent: 41, cpuMs: 400 });
});
