import { expect, it } from 'vitest';
import { translatePath } from '../../../../runners/machine/mounts/translate-path.ts';

const moved = [
  ['/run/rootless/store', '/scratch/store'],
  ['/run/rootless', '/run/tare/1'],
] as const;

it('finds the file behind a path of another mount namespace, the deeper folder first', () => {
  expect(translatePath('/run/rootless/store/a/b', moved)).toBe('/scratch/store/a/b');
  expect(translatePath('/run/rootless/storehouse', moved)).toBe('/run/tare/1/storehouse');
  expect(translatePath('/run/rootless', moved)).toBe('/run/tare/1');
});

it('refuses a path that the other side does not have, instead of making one up', () => {
  expect(() => translatePath('/etc/passwd', moved)).toThrow('/etc/passwd is in none of');
});
