/** A fleet on a real Slurm of three nodes on this machine, of which one dies in the middle. */
import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFleet } from '../../../bench/fleet/read-fleet.ts';
import { startSlurm, type SlurmCluster } from '../../support/fleet/slurm-cluster.ts';
import { makeSandbox, startTare, tare, type Sandbox } from '../../support/tare.ts';

let cluster: SlurmCluster;
let box: Sandbox;
beforeAll(async () => {
  cluster = await startSlurm({ n1: 'old', n2: 'new', n3: 'new' });
  const plain = await makeSandbox();
  box = { ...plain, env: { ...plain.env, ...cluster.env } };
}, 60_000);
afterAll(async () => {
  // Jobs have nothing of the environment here, and so not its folders.
  await tare(box, ['clean'], { XDG_STATE_HOME: join(homedir(), '.local', 'state'), XDG_RUNTIME_DIR: '/run' });
  await cluster.stop();
  await box.remove();
});

const asked = ['tiny', '--nodes', '3', '--platform', 'process', '--measure', 'startup', '--samples', '8'];

describe('tare fleet run', () => {
  it('prints its scripts, and submits nothing', async () => {
    const { stdout, code } = await tare(box, ['fleet', 'run', ...asked, '--out', 'dry', '--dry-run']);
    expect(code).toBe(0);
    expect(stdout.match(/^#!\/bin\/bash$/gm)).toHaveLength(3);
    expect(await cluster.slurm('squeue', '-h', '--states=all')).toBe('');
  });

  it('says which nodes there are where more are asked for', async () => {
    const { stderr, code } = await tare(box, ['fleet', 'run', 'tiny', '--nodes', '4']);
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining('4 nodes are asked for, and 3 can take a job'),
    ]);
  });

  it('runs what a dead node left open on another of its kind, and loses nothing', async () => {
    const run = startTare(box, ['fleet', 'run', ...asked, '--out', 'fleet']);
    // Its third job, once it has begun to sample.
    await run.says('n3 (job 3): block');
    await cluster.killNode('n3');
    expect((await run.exited).code).toBe(0);
    expect(run.stderr()).toMatch(/run again: \d+ blocks of n3 on n2, since n3 was lost \(node down\)/);
    const fleet = await readFleet(join(box.folder, 'fleet', 'fleet.json'));
    expect(fleet.classes.map(({ hosts }) => hosts.map((host) => fleet.hosts[host]?.name))).toEqual([
      ['n2', 'n3'],
      ['n1'],
    ]);
    const ready = fleet.figures.filter(({ metric }) => metric === 'startup.ready');
    expect(
      ready.flatMap(({ hosts }) => hosts.map(({ n }) => n)).reduce((sum, n) => sum + n, 0),
    ).toBeGreaterThanOrEqual(24);
    expect(await readFile(join(box.folder, 'fleet', 'report.md'), 'utf8')).toContain(
      'did not come to the end: n3',
    );
  }, 240_000);
});
