/** Leases, cgroups and mounts on the real machine. */
import { access, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { releaseLease } from '../../../runners/machine/lease/release.ts';
import { run, start } from '../../../runners/machine/command.ts';
import { isOwnerAlive, listLeases } from '../../../runners/machine/lease/lease.ts';
import { listMounts, parseMountinfo } from '../../../runners/machine/mounts/mounts.ts';
import { prepareLayer } from '../../../runners/machine/mounts/overlay.ts';
import { createRuntimeNamespace, enterInstanceNamespaces } from '../../../runners/oci/runtime-namespace.ts';
import {
  eventually,
  openLocalRun,
  silentLog,
  startIn,
  type LocalRun,
} from '../../runners/machine/local-run.ts';

const opened: LocalRun[] = [];

async function open(): Promise<LocalRun> {
  const made = await openLocalRun();
  opened.push(made);
  return made;
}

afterEach(async () => {
  for (const each of opened.splice(0)) expect(await each.close()).toEqual([]);
});

describe('a cgroup', () => {
  it('holds what joined it, limits it, counts it, kills it and goes', async () => {
    const { context } = await open();
    const child = await context.cgroup.child('one');
    await child.setLimits({ cpus: 0.5, memoryBytes: 32 * 1024 * 1024, cpuset: [0] });
    const sleeper = await startIn(child.joinFiles(), ['sleep', '1000']);
    await eventually('the process', async () => ((await child.processes()).length === 1 ? true : null));
    expect(await child.processes()).toEqual([sleeper.pid]);
    expect(await context.cgroup.processes()).toEqual([sleeper.pid]);
    expect((await child.memory()).oomKills).toBe(0);
    await child.kill();
    expect(await sleeper.exited).toMatchObject({ signal: 'SIGKILL' });
    await child.remove();
    await child.remove();
    expect(await child.processes()).toEqual([]);
  });

  it('counts a process that the kernel killed for memory, also in a child', async () => {
    const { context } = await open();
    const parent = await context.cgroup.child('one');
    const child = await parent.child('inner');
    await child.setLimits({ cpus: null, memoryBytes: 16 * 1024 * 1024, cpuset: null });
    const eater = await startIn(child.joinFiles(), ['tail', '-n', '1', '/dev/zero']);
    expect(await eater.exited).toMatchObject({ signal: 'SIGKILL' });
    expect((await parent.memory()).oomKills).toBeGreaterThan(0);
    expect(await parent.cpuTimeMs()).toBeGreaterThan(0);
  });
});

describe('what a container runtime sees', () => {
  it('has its own layer and network, and nothing that other instances need', async () => {
    const { context, folder } = await open();
    const root = join(folder, 'root');
    await mkdir(root);
    await writeFile(join(root, 'file'), 'of the image');
    const { path } = await createRuntimeNamespace(join(context.folders.runtime, 'namespaces'), {
      hiddenHierarchy: null,
      isSandbox: false,
    });
    const [one, two] = await Promise.all(
      ['one', 'two'].map(async (id) => ({
        network: await context.network.attachNamespace(id),
        layer: await prepareLayer(join(context.folders.scratch, id), root),
      })),
    );
    if (!one || !two) throw new Error('both were made');
    const see = async ({ network, layer }: typeof one, ...command: string[]): Promise<string> => {
      const [program, ...args] = await enterInstanceNamespaces(path, network.nsPath, layer);
      return (await run(program, [...args, ...command])).stdout;
    };
    expect(await see(one, 'cat', join(one.layer.merged, 'file'))).toBe('of the image');
    expect(await see(one, 'ip', '-oneline', 'address')).toContain(one.network.address);
    await see(two, 'cp', join(two.layer.merged, 'file'), join(two.layer.merged, 'copy'));
    expect(await two.layer.allocatedBytes()).toBeGreaterThan(await one.layer.allocatedBytes());
    const mounts = parseMountinfo(await see(two, 'cat', '/proc/self/mountinfo')).map((mount) => mount.path);
    expect(mounts).toContain(two.layer.merged);
    expect(mounts).not.toContain(one.layer.merged);
    expect(mounts.filter((mount) => mount.startsWith('/run/netns'))).toEqual([]);
    // A list that grows with every instance would make each start dearer than the one before.
    expect((await listMounts()).filter((mount) => mount.path.startsWith(context.folders.scratch))).toEqual(
      [],
    );
  });
});

describe('a lease', () => {
  it('of a killed owner removes all of it, and nothing of another run', async () => {
    const other = await open();
    const bystander = await startIn(other.context.cgroup.joinFiles(), ['sleep', '1000']);
    const owner = start('node', [
      '--import',
      'tsx',
      fileURLToPath(new URL('../../fixtures/killed-owner.ts', import.meta.url)),
    ]);
    let complaints = '';
    owner.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
    const said = await new Promise<string>((resolve, reject) => {
      createInterface({ input: owner.stdout }).once('line', resolve);
      void owner.exited.then(() => {
        reject(new Error(`the owner ended early: ${complaints}`));
      });
    });
    const { folder, state, runId } = JSON.parse(said) as Record<'folder' | 'state' | 'runId', string>;
    expect((await listLeases(state)).map(isOwnerAlive)).toEqual([true]);
    owner.kill('SIGKILL');
    await owner.exited;
    const [lease] = await listLeases(state);
    if (!lease) throw new Error('the lease is gone');
    expect(isOwnerAlive(lease)).toBe(false);
    expect(await traces(runId, folder)).toEqual({
      cgroups: true,
      namespaces: true,
      mounts: true,
      processes: true,
    });
    expect(await releaseLease(lease.file, silentLog)).toEqual([]);
    expect(await traces(runId, folder)).toEqual({
      cgroups: false,
      namespaces: false,
      mounts: false,
      processes: false,
    });
    expect(await listLeases(state)).toEqual([]);
    expect(await other.context.cgroup.processes()).toEqual([bystander.pid]);
    await rm(folder, { recursive: true });
  });

  it('goes on with the rest when one thing cannot be removed, and can be released again', async () => {
    const { context, folder } = await open();
    const blocked = join(folder, 'cache');
    // The kernel refuses to remove what is marked immutable: a folder in which nothing can be unlinked.
    await writeFile(join(blocked, 'file'), '');
    await run('chattr', ['+i', join(blocked, 'file')]);
    const remains = await releaseLease(context.lease.file, silentLog);
    expect(remains).toHaveLength(1);
    expect(remains[0]).toMatch(new RegExp(`^folder ${blocked}: .*file`));
    expect(await exists(join('/run/netns', context.network.namespace))).toBe(false);
    expect(await exists(join(folder, 'scratch'))).toBe(false);
    await run('chattr', ['-i', join(blocked, 'file')]);
    expect(await releaseLease(context.lease.file, silentLog)).toEqual([]);
  });

  it('removes a tracing instance, and forgives one that was never made', async () => {
    const { context } = await open();
    const name = `tare-${context.runId}`;
    await context.lease.add({ kind: 'tracer', name: `${name}-never-made` });
    await context.lease.add({ kind: 'tracer', name });
    const tracefs = join(context.folders.scratch, 'tracefs');
    await mkdir(tracefs);
    await run('mount', ['-t', 'tracefs', 'tracefs', tracefs]);
    const instances = async (): Promise<string[]> => readdir(join(tracefs, 'instances'));
    await mkdir(join(tracefs, 'instances', name));
    expect(await instances()).toContain(name);
    expect(await releaseLease(context.lease.file, silentLog)).toEqual([]);
    await mkdir(tracefs, { recursive: true });
    await run('mount', ['-t', 'tracefs', 'tracefs', tracefs]);
    const left = await instances();
    await run('umount', [tracefs]);
    expect(left).not.toContain(name);
  });

  it('never removes through a mount', async () => {
    const { context, folder } = await open();
    const precious = join(folder, 'precious');
    await mkdir(precious);
    await writeFile(join(precious, 'file'), 'kept');
    const target = join(context.folders.scratch, 'a b');
    await mkdir(target);
    await run('mount', ['--bind', precious, target]);
    expect(await releaseLease(context.lease.file, silentLog)).toEqual([]);
    expect(await readFile(join(precious, 'file'), 'utf8')).toBe('kept');
    expect(await exists(context.folders.scratch)).toBe(false);
  });
});

async function traces(runId: string, folder: string): Promise<Record<string, boolean>> {
  const hierarchies = ['', ...(await readdir('/sys/fs/cgroup'))];
  const cgroups = await Promise.all(
    hierarchies.map((each) => exists(`/sys/fs/cgroup/${each}/tare-${runId}`)),
  );
  const names = await readdir('/run/netns').catch(() => []);
  const mounts = (await listMounts()).map(({ path }) => path);
  return {
    cgroups: cgroups.includes(true),
    namespaces: names.some((name) => name.startsWith(`tare-${runId}`)),
    mounts: mounts.some((path) => path.startsWith(folder)),
    processes: await someProcessIn(`/tare-${runId}`),
  };
}

/** One that has ended and waits for PID 1 to notice does not count. */
async function someProcessIn(cgroup: string): Promise<boolean> {
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '');
    if (!groups.includes(`:${cgroup}`)) continue;
    const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
    if (status !== '' && !/^State:\s+[ZX]/m.test(status)) return true;
  }
  return false;
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
