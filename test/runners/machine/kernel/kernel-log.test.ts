import { expect, it } from 'vitest';
import { killsIn } from '../../../../runners/machine/kernel/kernel-log.ts';

const lines = [
  '[ 1.0] java invoked oom-killer: gfp_mask=0xcc0',
  '[ 1.1] oom-kill:constraint=CONSTRAINT_MEMCG,nodemask=(null),cpuset=w,mems_allowed=0,oom_memcg=/tare-a,task_memcg=/tare-a/runc-1/workload,task=java,pid=7,uid=0',
  '[ 1.1] Memory cgroup out of memory: Killed process 7 (java) total-vm:1kB, anon-rss:1kB',
  '[ 2.0] oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,global_oom,task_memcg=/tare-b,task=sh,pid=71,uid=0',
  '[ 2.1] Out of memory: Killed process 71 (sh)',
];
const log = lines.join('\n');

it.each([
  ['/tare-a', 1],
  ['/tare-a/runc-1', 1],
  ['/tare-a/runc-1/workload', 1],
  ['/tare-a/runc-11', 0],
  ['/tare-a/runc', 0],
  ['/tare-c', 0],
])('of %s: %s', (path, expected) => {
  expect(killsIn(log, path)).toHaveLength(expected);
});

it('says whose limit was reached, who was killed, and what the kernel wrote', () => {
  expect(killsIn(log, '/tare-a/runc-1')).toEqual([
    { limitOf: '/tare-a', victim: '/tare-a/runc-1/workload', pid: 7, lines: lines.slice(1, 3) },
  ]);
  expect(killsIn(log, '/tare-b')).toMatchObject([{ limitOf: '', pid: 71, lines: lines.slice(3) }]);
});

it('knows them in a cgroup namespace, where the kernel’s names are longer', () => {
  const outside = log.replaceAll('/tare-', '/docker/4f2c/tare-');
  expect(killsIn(outside, '/tare-a/runc-1')).toMatchObject([
    { limitOf: '/docker/4f2c/tare-a', victim: '/tare-a/runc-1/workload' },
  ]);
  expect(killsIn(outside, '/tare-a')).toMatchObject([
    { limitOf: '/tare-a', victim: '/tare-a/runc-1/workload' },
  ]);
  expect(killsIn(outside, '/tare-a/runc')).toEqual([]);
});
