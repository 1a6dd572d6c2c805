import { expect, it } from 'vitest';
import { judgeTracing } from '../../../bench/doctor/system-checks.ts';

const filesystems = 'nodev\tsysfs\nnodev\ttracefs\n\text4\n';
const first = 'pid:[4026531836]';

it.each([
  ['where the kernel has it', filesystems, first, 'ok', 'tracefs'],
  ['where the namespace is unknown', filesystems, null, 'ok', 'tracefs'],
  ['without tracefs', 'nodev\tsysfs\n', first, 'note', 'the kernel has no tracefs'],
  [
    'in a container’s PID namespace',
    filesystems,
    'pid:[4026532301]',
    'note',
    'not those of this PID namespace',
  ],
])('kernel tracing %s', (_where, listed, namespace, level, words) => {
  const { level: found, found: said, remedy } = judgeTracing(listed, namespace);
  expect([found, said]).toEqual([level, expect.stringContaining(words)]);
  expect(remedy === null).toBe(level === 'ok');
});
