import { expect, it } from 'vitest';
import { lxcComplaint, parseEnd } from '../../../runners/lxc/outcome.ts';

const place = 'lxc-start x 20261121063010.294 INFO     error - ../src/lxc/error.c:lxc_error_set_and_log:34 -';

it.each([
  [`${place} Child <24355> ended on error (3)\n`, 3],
  [`${place} Child <24355> ended on signal Killed(9)\n`, 137],
  ['lxc-start x 20261121063010.294 NOTICE   start - ../src/lxc/start.c:start:2194 - Exec\'ing "/bin/x"\n', 0],
])('reads %j', (log, code) => {
  expect(parseEnd(log)).toBe(code);
});

it("takes LXC's first complaint, and none of the workload's lines", () => {
  const own = 'lxc-start: x: ../src/lxc/start.c: start: 2197 Permission denied - Failed to exec "/srv/x"';
  const next = 'lxc-start: x: ../src/lxc/tools/lxc_start.c: main: 306 The container failed to start';
  expect(lxcComplaint(['serving', own, next])).toBe('Permission denied - Failed to exec "/srv/x"');
  expect(lxcComplaint(['lxc-start: no such word'])).toBeNull();
});
