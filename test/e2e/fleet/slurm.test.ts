/** A fleet on a real Slurm of several nodes on this machine: one dies, one is preempted, some share no file system. */
import { readFile, realpath, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFleet } from '../../../bench/fleet/read-fleet.ts';
import { readJob } from '../../../bench/fleet/slurm/job-file.ts';
import type { FleetRecord } from '../../../bench/record/fleet.ts';
import { startSlurm, type SlurmCluster } from '../../support/fleet/slurm-cluster.ts';
import { home, makeSandbox, startTare, tare, type Sandbox } from '../../support/tare.ts';
import { isEverywhere } from '../../support/platforms/everywhere.ts';

let cluster: SlurmCluster;
let box: Sandbox;
beforeAll(async () => {
  // What is here is not there: neither this build and its packages nor the cache, the fleet's folder or what runs left.
  const state = join(homedir(), '.local', 'state');
  const shared = [home, await realpath(join(home, 'node_modules')), tmpdir(), state];
  const far = (size: string) => ({
    feature: 'far',
    own: [...shared.map((path) => ({ path, size: '1m' })), { path: '/var/tmp', size }],
  });
  cluster = await startSlurm({
    n1: { feature: 'old' },
    n2: { feature: 'new' },
    n3: { feature: 'new' },
    t1: { feature: 'timed' },
    t2: { feature: 'timed' },
    p1: far('900m'),
    p2: far('8m'),
  });
  const plain = await makeSandbox();
  box = { ...plain, env: { ...plain.env, ...cluster.env } };
}, 60_000);
afterAll(async () => {
  await cleanJobs();
  await cluster.stop();
  await box.remove();
});

/** Jobs have nothing of the environment here, and so not its folders. */
function cleanJobs(): ReturnType<typeof tare> {
  return tare(box, ['clean'], {
    XDG_STATE_HOME: join(homedir(), '.local', 'state'),
    XDG_RUNTIME_DIR: '/run',
  });
}

const tiny = ['tiny', '--platform', 'process', '--measure', 'startup'];
const asked = [...tiny, '--nodelist', 'n[1-3]', '--samples', '8'];

describe('tare fleet run', () => {
  it('prints its scripts, and submits nothing', async () => {
    const { stdout, code } = await tare(box, ['fleet', 'run', ...asked, '--out', 'dry', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout.match(/^#!\/bin\/bash$/gm)).toHaveLength(3);
    expect(await cluster.slurm('squeue', '-h', '--states=all')).toBe('');
  });

  it('says which nodes there are where more are asked for', async () => {
    const { stderr, code } = await tare(box, ['fleet', 'run', 'tiny', '--nodes', '8']);
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('8 nodes are asked for, and 7 can take a job'),
    ]);
  });

  it('refuses a folder for what is brought that a script would not take as it is', async () => {
    const { stderr, code } = await tare(box, ['fleet', 'run', ...asked, '--broadcast', 'a folder']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('such as --broadcast=/var/tmp')]);
  });
});

// They wait for Slurm most of the time.
describe.concurrent('a fleet', () => {
  it('goes on with a requeued task, runs what a dead node left open elsewhere, and merges ten runs', async ({
    expect,
  }) => {
    // So many that n3 is dead before its first run is done.
    const several = ['--runs-per-node', '3', '--samples', '16'];
    const run = startTare(box, ['fleet', 'run', ...asked, ...several, '--out', 'fleet']);
    await run.says('9 runs of 16 blocks');
    const { tasks } = await readJob(join(box.folder, 'fleet'));
    const jobOf = (node: string): string => tasks.find((task) => task.node === node)?.job ?? '';
    await run.says(`n3 (job ${jobOf('n3')}): block`);
    await cluster.killNode('n3');
    await run.says(`n1 (job ${jobOf('n1')}): block`);
    await cluster.slurm('scontrol', 'requeue', `${jobOf('n1')}_0`);
    expect((await run.exited).code).toBe(0);
    expect(run.stderr()).toMatch(/n3 was lost \(node down\): \d+ blocks? run again on n2/);
    expect(run.stderr()).toContain('n1 was requeued, and went on with its run');
    const fleet = await readFleet(join(box.folder, 'fleet', 'fleet.json'));
    expect(fleet.classes.map(({ hosts }) => hosts.map((host) => fleet.hosts[host]?.name))).toEqual([
      ['n2', 'n3'],
      ['n1'],
    ]);
    // On a slow machine the news of a block may come so late that n3 has done one of its three.
    expect([
      { n1: 3, n2: 6, n3: 1 },
      { n1: 3, n2: 5, n3: 1 },
      { n1: 3, n2: 5, n3: 2 },
    ]).toContainEqual(runsOf(fleet));
    const counts = fleet.figures.find(
      ({ metric, class: index }) => metric === 'startup.ready' && index === 1,
    );
    expect(counts?.hosts).toMatchObject([{ n: 48 }]);
    const report = await readFile(join(box.folder, 'fleet', 'report.md'), 'utf8');
    expect(report).toContain('did not come to the end: n3');
    expect(report).toMatch(/n3 was lost \(node down\): \d+ blocks? run again on n2/);
    expect(report).toContain('n1 was requeued, and went on with its run');
  }, 400_000);

  it('brings all to a node that shares no file system, and fetches its run; one with a full disk is named', async ({
    expect,
  }) => {
    const far = ['--nodelist', 'p1,p2', '--samples', '2', '--broadcast', '--out', 'far'];
    const { code, stderr } = await tare(
      box,
      ['fleet', 'run', ...tiny, '--platform', 'runc', ...far],
      {},
      390_000,
    );
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(
        /p2 was lost \(disk full: no space left in \/var\/tmp: .*\): 2 blocks run again on p1/,
      ),
    ]);
    const fleet = await readFleet(join(box.folder, 'far', 'fleet.json'));
    expect(runsOf(fleet)).toEqual({ p1: 2 });
    expect(fleet.figures.find(({ platform }) => platform === 'runc')?.hosts).toMatchObject([{ n: 4 }]);
    const left = (folder: string) => cluster.slurm('srun', '--nodelist=p1', 'ls', '-A', folder);
    expect(await left('/var/tmp/tare-fleet/p1')).toBe('');
    // Where the packages lie in the clone, they are a place to mount on there.
    const isBelow = (await realpath(join(home, 'node_modules'))).startsWith(home);
    expect(await left(home)).toBe(isBelow ? 'node_modules' : '');
  }, 400_000);
});

/** How many each host has. */
function runsOf({ runs, hosts }: FleetRecord): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { host } of runs) {
    const name = hosts[host]?.name ?? '';
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

// Slurm looks for tasks beyond their time twice a minute.
describe.skipIf(!isEverywhere)('what takes over a minute', () => {
  it('names a task that its time limit cut and runs its rest elsewhere, and goes on with a preempted one', async () => {
    const measures =
      'measures: { startup: { samples: 7 }, memory: { samples: 7, load: { rps: 1, duration: 5s } } }';
    const text = `name: slow\nworkload: tiny\nplatforms: [process]\n${measures}\n`;
    await writeFile(join(box.folder, 'slow.yaml'), text);
    const run = startTare(box, ['fleet', 'run', 'slow.yaml', '--nodelist', 't1,t2', '--out', 'cut']);
    await run.says('2 runs of 7 blocks');
    const { tasks } = await readJob(join(box.folder, 'cut'));
    const [first = '', second = ''] = tasks.map(({ job }) => job);
    await run.says(`t1 (job ${first}): block`);
    await cluster.slurm('scontrol', 'update', `JobId=${first}_0`, 'EndTime=now+1');
    await run.says(`t2 (job ${second}): block 2`);
    await cluster.slurm(
      'sbatch',
      '--partition=urgent',
      '--nodelist=t2',
      '--exclusive',
      '--output=/dev/null',
      '--wrap=sleep 1',
    );
    expect((await run.exited).code).toBe(0);
    const report = await readFile(join(box.folder, 'cut', 'report.md'), 'utf8');
    expect(report).toMatch(/t1 was lost \(time limit\): \d blocks? run again on t2/);
    expect(report).toContain('t2 was requeued, and went on with its run');
    const fleet = await readFleet(join(box.folder, 'cut', 'fleet.json'));
    const counts = fleet.figures.find(({ metric }) => metric === 'startup.ready')?.hosts.map(({ n }) => n);
    expect(counts?.reduce((sum, n) => sum + n)).toBe(14);
  }, 400_000);
});

describe('what follows a fleet', () => {
  it('takes several scenarios, leaves them to Slurm on Ctrl-C, is attached to, and cancelled', async () => {
    for (const [name, samples] of Object.entries({ short: 2, long: 500 })) {
      const text = `name: ${name}\nworkload: tiny\nplatforms: [process]\nmeasures: { startup: { samples: ${samples} } }\n`;
      await writeFile(join(box.folder, `${name}.yaml`), text);
    }
    const run = startTare(box, ['fleet', 'run', 'short.yaml', 'long.yaml', '--nodes', '1', '--out', 'two']);
    await run.says('of 500\n');
    process.kill(run.pid, 'SIGINT');
    expect((await run.exited).code).toBe(130);
    expect(run.stderr()).toContain(`the jobs go on: \`tare fleet attach ${join(box.folder, 'two')}\``);
    expect(await cluster.slurm('squeue', '-h', '-t', 'R', '-o', '%T')).toBe('RUNNING');
    expect((await tare(box, ['fleet', 'attach', 'two', '--cancel'])).code).toBe(0);
    const { code, stdout } = await tare(box, ['fleet', 'attach', 'two']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^short on 1 host of one class, 1 run$/m);
    expect(stdout).toMatch(/^long on 1 host of one class, 1 run$/m);
    expect(stdout).toMatch(/1 run did not come to the end: n\d \(.*: partial, \d+ samples\)/);
    // The next task on the machine has removed what a killed one left.
    expect((await cleanJobs()).stdout).not.toContain('removed what it left');
  }, 240_000);
});
