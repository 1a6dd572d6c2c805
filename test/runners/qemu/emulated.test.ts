import { expect, it } from 'vitest';
import { isEmulatedHost } from '../../../runners/qemu/emulated.ts';

it.each([
  ['model name\t: QEMU TCG CPU version 2.5+', true],
  ['model name\t: AMD EPYC 7763 64-Core Processor', false],
  ['model name\t: QEMU Virtual CPU version 2.5+', false],
])('%s: %s', (line, emulated) => {
  expect(isEmulatedHost(`processor\t: 0\nvendor_id\t: AuthenticAMD\n${line}\nstepping\t: 3\n`)).toBe(
    emulated,
  );
});
