/** A machine whose user has an LXD of his own: with a project, an image and a container in it. */
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { run, start, type RunningCommand } from '../../../runners/machine/command.ts';
import { unmountBelow } from '../../../runners/machine/mounts/mounts.ts';
import { lxdRunner } from '../../../runners/lxd/runner.ts';
import { busyboxPayload, openLocalRun, type LocalRun } from '../../runners/machine/local-run.ts';
import { box } from '../../fixtures/launch.ts';

let folder: string;
let daemon: RunningCommand;
let tare: LocalRun;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'lxd-user-'));
  await mkdir(join(folder, 'home'));
  daemon = start('lxd', ['--group', 'root'], { env: environment() });
  daemon.stdout.resume();
  daemon.stderr.resume();
  await run('lxd', ['waitready', '--timeout', '120'], { env: environment() });
  await lxc('storage', 'create', 'mine', 'dir');
  await lxc('profile', 'set', 'default', 'user.note', 'as I like it');
  await lxc('project', 'create', 'work');
  await lxc('init', '--empty', 'precious', '--storage', 'mine');
  tare = await openLocalRun();
});

afterAll(async () => {
  expect(await tare.close()).toEqual([]);
  daemon.kill('SIGKILL');
  await daemon.gone;
  await unmountBelow(folder);
  await rm(folder, { recursive: true, force: true });
});

function environment(): Record<string, string> {
  return { LXD_DIR: join(folder, 'home'), LXD_CONF: join(folder, 'client') };
}

async function lxc(...args: string[]): Promise<string> {
  return (await run('lxc', args, { env: environment() })).stdout;
}

async function everything(): Promise<string[]> {
  const lists = ['instances', 'images', 'projects', 'profiles', 'storage-pools', 'networks'];
  return Promise.all(lists.map((list) => lxc('query', `/1.0/${list}?recursion=1`)));
}

it("runs beside the user's own LXD and leaves it as it is", async () => {
  const before = await everything();
  const payload = await busyboxPayload(join(tare.folder, 'payload'));
  const launch = {
    command: ['/bin/busybox', 'sh', '/srv/exit.sh'],
    environment: {},
    user: 'root',
    workdir: '/',
    box,
    port: 8080,
    stopSignal: 'SIGTERM' as const,
    logMarks: [],
  };
  const spec = {
    id: 'lxd',
    limits: { cpus: 1, memoryBytes: 2 ** 26 },
    launch,
    options: { daemon: 'lxd' as const },
  };
  const platform = await lxdRunner.prepare(payload, spec, tare.context);
  const instance = await platform.create({ id: 'precious', logs: tare.folder });
  await instance.start();
  expect((await instance.exited).code).toBe(3);
  expect(await everything()).toEqual(before);
  await instance.dispose();
  await platform.dispose();
  expect(await everything()).toEqual(before);
  expect(before[0]).toContain('"precious"');
});
