import { describe, expect, it } from 'vitest';
import { isMember } from '../../../../bench/prober/watch/membership.ts';

const v1 = '9:name=systemd:/\n4:memory:/tare-ab/runc-3\n1:cpu:/tare-ab/runc-3\n0::/\n';

describe('isMember', () => {
  it.each([
    ['v1', v1, true],
    ['v2', '0::/tare-ab/runc-3\n', true],
    ['v2, below it', '0::/tare-ab/runc-3/workload\n', true],
    ['v2, below a prefix', '0::/lxc/box/tare-ab/runc-3\n', true],
    ['a path with a colon', '0::/a:b/tare-ab/runc-3\n', true],
    ['a sibling whose name begins the same', '0::/tare-ab/runc-31\n', false],
    ['another run', '0::/tare-cd/runc-3\n', false],
    ['the parent', '0::/tare-ab\n', false],
    ['a process that is gone', '', false],
  ])('%s', (_name, text, wanted) => {
    expect(isMember(text, '/tare-ab/runc-3')).toBe(wanted);
  });
});
