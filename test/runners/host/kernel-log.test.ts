import { expect, it } from 'vitest';
import { namesOutOfMemory } from '../../../runners/host/kernel-log.ts';

const log = `[ 1.0] java invoked oom-killer: gfp_mask=0xcc0
[ 1.1] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=w,mems_allowed=0,oom_memcg=/tare-a/runc-1,task_memcg=/tare-a/runc-1/workload,task=java,pid=7,uid=0
`;

it.each([
  ['/tare-a/runc-1', true],
  ['/tare-a/runc-1/workload', true],
  ['/tare-a/runc-11', false],
  ['/tare-a/runc', false],
  ['/tare-b/runc-1', false],
])('of %s: %s', (path, expected) => {
  expect(namesOutOfMemory(log, path)).toBe(expected);
});
