import { expect, it } from 'vitest';
import { workloadSchema } from '../../../scenarios/schema/workload-schema.ts';

const least = {
  name: 'own',
  rootfs: { from: 'directory', path: 'root' },
  command: ['/serve'],
  port: 80,
  ready: { by: 'tcp' },
};

function read(keys: Record<string, unknown>): Record<string, unknown> {
  return workloadSchema.parse({ ...least, ...keys });
}

it.each([
  [1024, { soft: 1024, hard: 1024 }],
  ['1024:4096', { soft: 1024, hard: 4096 }],
  [undefined, { soft: 1024, hard: 524_288 }],
])('reads a limit of open files from %o', (nofile, expected) => {
  expect(read({ nofile })['nofile']).toEqual(expected);
});

it.each([
  ['SIGTERM', 'SIGTERM'],
  ['term', 'SIGTERM'],
  ['sigquit', 'SIGQUIT'],
  [3, 'SIGQUIT'],
  ['3', 'SIGQUIT'],
  ['SIGRTMIN+3', '37'],
  ['rtmin+3', '37'],
  [37, '37'],
  ['SIGPWR', 'SIGPWR'],
  [undefined, undefined],
])('reads the stop signal %o as %o', (written, expected) => {
  expect(read({ 'stop-signal': written })['stop-signal']).toBe(expected);
});

it.each([
  ['nofile', '2048:1024'],
  ['nofile', '0:1024'],
  ['nofile', 0],
  ['nofile', 'many'],
  ['seccomp', 'off'],
  ['shm-size', '1B'],
  ['hostname', '-box'],
  ['hostname', 'a..b'],
  ['hostname', 'x'.repeat(64)],
  ['user', ''],
  ['user', 'a:b:c'],
  ['user', '-1'],
  ['stop-signal', 'SIGWHATEVER'],
  ['stop-signal', 0],
  ['stop-signal', 65],
  ['stop-signal', 1.5],
  ['environment', { 'a=b': 'x' }],
  ['environment', { '': 'x' }],
  ['environment', { a: 'zero\0byte' }],
])('refuses for %s: %o', (key, value) => {
  expect(() => read({ [key]: value })).toThrow(/expected|contains a zero byte/);
});

it('takes the names of variables and users that images have', () => {
  const environment = { 'discovery.type': 'single-node', 'my-app name': 'two\nlines', '0': '', é: 'ü' };
  expect(read({ environment })['environment']).toEqual(environment);
  for (const user of [
    'www',
    '_apt',
    '1000',
    '1000:',
    ':1000',
    '1000:1000',
    'www:adm',
    'Debian.exim',
    'host$',
  ]) {
    expect(read({ user })['user']).toBe(user);
  }
});

it('has the same box for everybody who asks for nothing', () => {
  expect(read({})).toMatchObject({ seccomp: 'default', 'shm-size': 64 * 2 ** 20, hostname: 'box' });
});
