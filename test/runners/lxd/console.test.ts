import { expect, it } from 'vitest';
import { loggedComplaint } from '../../../runners/lxd/console.ts';

it("finds liblxc's first complaint in its log", () => {
  const log = [
    'lxc x 20261121065028.311 NOTICE   start - ../src/lxc/start.c:start:2194 - Exec\'ing "/srv/x"',
    'lxc x 20261121065028.312 ERROR    start - ../src/lxc/start.c:start:2197 - Permission denied - Failed to exec "/srv/x"',
    'lxc x 20261121065028.313 ERROR    sync - ../src/lxc/sync.c:sync_wait:34 - An error occurred in another process',
  ].join('\n');
  expect(loggedComplaint(log)).toBe('Permission denied - Failed to exec "/srv/x"');
  expect(loggedComplaint('ERROR main - the workload says so')).toBeNull();
});
