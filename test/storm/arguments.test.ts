import { expect, it } from 'vitest';
import { parseStorm } from './arguments.ts';

const seed = (): number => 77;

it('is fifty moments of a new seed on all platforms, without the lab, unless something else is said', () => {
  const usual = parseStorm([], seed);
  expect(usual).toMatchObject({ seed: 77, count: 50, only: null });
  expect(usual.weather.commands).not.toContain('lab');
  expect(usual.weather.platforms).toContain('vm');
});

it('takes a seed, a count, one moment, platforms and the lab', () => {
  const args = [
    '--seed',
    '5',
    '--count',
    '9',
    '--only',
    '3',
    '--minutes',
    '2',
    '--platform',
    'runc',
    '--with-lab',
  ];
  expect(parseStorm(args, seed)).toEqual({
    ...{ seed: 5, count: 9, only: 3, minutes: 2 },
    weather: { commands: ['run', 'density', 'check', 'self-test', 'lab'], platforms: ['runc'] },
  });
});

it.each([
  [['--seed', 'x'], /--seed x: it must be a whole number/],
  [['--count', '0'], /--count 0: it must be a whole number/],
  [['--count', '3', '--only', '4'], /there are 3 moments/],
  [['--platform', 'rocket'], /it must be one of runc/],
  [['--many'], /Unknown option/],
])('refuses %o', (args, message) => {
  expect(() => parseStorm(args, seed)).toThrow(message);
});
