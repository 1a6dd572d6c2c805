/** A run in namespaces of its own for cgroups and processes, as in a container that was given the machine's cgroups. */
import { join } from 'node:path';
import { readdir, rmdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { leftovers } from '../../support/leftovers.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

/** Two levels down in those hierarchies whose files tell limits. */
const enter = `
for h in /sys/fs/cgroup /sys/fs/cgroup/memory /sys/fs/cgroup/cpu /sys/fs/cgroup/cpu,cpuacct; do
  if [ -e $h/cgroup.procs ]; then mkdir -p $h/$0/inner && echo $$ >$h/$0/inner/cgroup.procs || exit; fi
done
exec unshare --cgroup --mount --pid --fork --mount-proc -- "$@"`;
const outer = `outer-${process.pid}`;

let box: Sandbox;
beforeAll(async () => {
  box = await makeSandbox();
});
afterAll(async () => {
  for (const hierarchy of ['', ...(await readdir('/sys/fs/cgroup'))]) {
    for (const below of [`${outer}/inner`, outer])
      await rmdir(join('/sys/fs/cgroup', hierarchy, below)).catch(() => undefined);
  }
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

it('measures there, with the limits found in force, and says what it has to do without', async () => {
  const platforms = ['process', 'runc', 'lxc'];
  const what = ['--platform', platforms.join(), '--measure', 'startup,memory', '--samples', '1', '--json'];
  const inside = { ...box, startedBy: ['sh', '-c', enter, outer] };
  const { code, stdout, stderr } = await tare(inside, ['run', 'tiny', ...what]);
  expect(code, stderr).toBe(0);
  const record = JSON.parse(stdout) as RunRecord;
  expect(record.failures).toEqual([]);
  expect(record.run.harness.tracer).toContain('this process namespace');
  for (const metric of ['startup.ready', 'memory.cgroup']) {
    const found = record.results.filter((each) => each.metric === metric && (each.summary.median ?? 0) > 0);
    expect(new Set(found.map(({ platform }) => platform)), metric).toEqual(new Set(platforms));
  }
});
