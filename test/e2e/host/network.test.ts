/** The run's network on the real machine. */
import { access, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { bridgesIn } from '../../../runners/machine/network/bridges.ts';
import { run, type RunningCommand } from '../../../runners/machine/command.ts';
import type { RunContext } from '../../../runners/runner.ts';
import { eventually, get, openLocalRun, startIn, type LocalRun } from '../../runners/machine/local-run.ts';

let opened: LocalRun;
let context: RunContext;

beforeEach(async () => {
  opened = await openLocalRun();
  ({ context } = opened);
});

afterEach(async () => {
  expect(await opened.close()).toEqual([]);
});

it('joins namespaces to the run, answers at once, and shows nothing to the host', async () => {
  const before = (await run('ip', ['-oneline', 'link'])).stdout;
  const one = await context.network.attachNamespace('one');
  const two = await context.network.attachNamespace('two');
  expect(one.address).not.toBe(two.address);
  expect(one.mac).not.toBe(two.mac);
  expect((await run('ip', ['-oneline', 'link'])).stdout).toBe(before);
  const inside = await run('ip', ['-netns', one.nsPath.split('/').at(-1) ?? '', '-oneline', 'address']);
  expect(inside.stdout).toContain(`${one.address}/${one.prefixLength}`);
  expect(inside.stdout).toMatch(/: lo +inet 127\.0\.0\.1/);
  expect(inside.stdout).not.toMatch(/eth0 +inet6/);
  const server = await serveIn(one.nsPath, context.cgroup.joinFiles());
  const url = `http://${one.address}:8080/`;
  expect(await eventually('an answer', () => get(context.network.nsPath, url))).toContain('page');
  expect(await get(two.nsPath, url)).toContain('page');
  await one.dispose();
  await one.dispose();
  await two.dispose();
  server.kill();
  const again = await context.network.attachNamespace('one');
  expect(again.address).not.toBe(one.address);
});

it('leaves it to a start command to make a namespace, and says what went wrong there', async () => {
  const prepared = await context.network.prepareNamespace('one');
  const { setUp, nsPath, address } = prepared;
  await expect(access(nsPath)).rejects.toThrow(/ENOENT/);
  const [program, ...args] = setUp;
  const shown = await run(program, [...args, 'nsenter', `--net=${nsPath}`, 'ip', '-oneline', 'address']);
  expect(shown.stdout).toContain(`${address}/`);
  // The name is taken now.
  await expect(run(program, [...args, 'echo', 'started'])).rejects.toThrow(/netns.*File exists/s);
  await prepared.dispose();
  await expect(access(nsPath)).rejects.toThrow(/ENOENT/);
  // Never made, and yet to be removed: as after an instance that could not be created.
  const unmade = await context.network.prepareNamespace('two');
  await unmade.dispose();
});

it('has no IPv6 on its bridges and on what joins them', async () => {
  await context.network.attachNamespace('one');
  await context.network.attachTap(60_900);
  const shown = await run('ip', ['-netns', context.network.namespace, '-6', 'route', 'show', 'table', 'all']);
  expect(shown.stdout.split('\n').filter((line) => !/ dev lo( |$)/.test(line) && line !== '')).toEqual([]);
});

it('makes and removes a tap in the run’s namespace', async () => {
  const links = async (): Promise<string> =>
    (await run('ip', ['-netns', context.network.namespace, '-oneline', 'link'])).stdout;
  const tap = await context.network.attachTap(60_900);
  expect(await links()).toMatch(new RegExp(`${tap.device}: .*master br0`));
  // Kernels differ in who may open one that is nobody's: QEMU's user, who is not root, must not depend on that.
  const shown = await run('ip', ['-netns', context.network.namespace, 'tuntap', 'show', 'dev', tap.device]);
  expect(shown.stdout).toContain('user 60900');
  const neighbours = await run('ip', ['-netns', context.network.namespace, 'neighbour']);
  expect(neighbours.stdout).toMatch(new RegExp(`${tap.address} .*${tap.mac} .*PERMANENT`));
  await tap.dispose();
  await tap.dispose();
  expect(await links()).not.toContain(tap.device);
});

it('goes on with another bridge after every 253 places', async () => {
  const { namespace } = context.network;
  const bridges = bridgesIn(namespace);
  const places: Awaited<ReturnType<typeof bridges.next>>[] = [];
  for (let count = 0; count < 540; count += 1) places.push(await bridges.next());
  const onBridge = (name: string): number => places.filter(({ bridge }) => bridge === name).length;
  expect(['br0', 'br1', 'br2'].map(onBridge)).toEqual([253, 253, 34]);
  const shown = (await run('ip', ['-netns', namespace, '-oneline', '-4', 'address'])).stdout;
  for (const { gateway, prefixLength, bridge } of places) {
    expect(shown).toMatch(new RegExp(`${bridge} +inet ${gateway}/${prefixLength} `));
  }
  const reserved = ['10.87.0.1', '10.87.0.255', '10.87.1.0', '10.87.1.1', '10.87.1.255', '10.87.2.1'];
  expect(new Set([...places.map(({ address }) => address), ...reserved]).size).toBe(540 + 6);
});

async function serveIn(nsPath: string, joinFiles: string[]): Promise<RunningCommand> {
  const home = join(opened.folder, 'www');
  await mkdir(home);
  await writeFile(join(home, 'index.html'), 'the page\n');
  const server = ['/bin/busybox', 'httpd', '-f', '-p', '8080', '-h', home];
  return startIn(joinFiles, ['nsenter', `--net=${nsPath}`, ...server]);
}
