import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initCommand, type InitOptions } from '../../../../bench/cli/commands/init.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';
import { testContext, type TestContext } from '../../../support/context.ts';

let folder: string;
let context: TestContext;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-init-'));
  context = testContext(folder);
  for (const path of ['shop', 'root/bin', 'tests']) await mkdir(join(folder, path), { recursive: true });
  await writeFile(join(folder, 'shop/Containerfile'), 'FROM scratch\n');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = (changes: Partial<InitOptions>): InitOptions => ({ env: [], platform: [], ...changes });
const init = (changes: Partial<InitOptions>): Promise<number> => initCommand(options(changes), context);

/** A terminal and a person at it, who gives the next answer once a question stands there. */
function answering(answers: readonly string[]): { asked: () => string } {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = Object.assign(new PassThrough(), { isTTY: true });
  const left = [...answers];
  let asked = '';
  stderr.on('data', (chunk: Buffer) => {
    asked += chunk.toString();
    if (!/: $/.test(stripVTControlCharacters(chunk.toString()))) return;
    const next = left.shift();
    if (next !== undefined) setImmediate(() => stdin.write(`${next}\n`));
    else stdin.end();
  });
  Object.assign(context, { stdin, stderr });
  return { asked: () => asked };
}

describe('tare init without a terminal', () => {
  it('writes what tare run takes, and says how to go on', async () => {
    expect(await init({ payload: './shop', port: 8080, ready: '/health', env: ['A=1'] })).toBe(0);
    const text = await readFile(join(folder, 'shop.yaml'), 'utf8');
    expect(text).toMatch(/^# yaml-language-server: \$schema=.*scenario\.schema\.json\nname: shop\n/);
    const { workload, platforms, baseline } = loadScenario('./shop.yaml', { cwd: folder });
    expect(workload).toMatchObject({
      rootfs: { from: 'containerfile', context: join(folder, 'shop') },
      port: 8080,
      ready: { by: 'http', path: '/health' },
      launch: { environment: { A: '1' } },
    });
    expect([baseline, ...platforms.map(({ id }) => id)]).toEqual(['process', 'process', 'runc', 'vm']);
    expect(context.out()).toBe('./shop.yaml\n');
    expect(context.err()).toContain('tare run ./shop.yaml --dry-run');
  });

  it('paths are relative to the file, wherever it lies', async () => {
    await init({ payload: './shop', save: 'tests/weight.yaml', platform: ['runc', 'process'] });
    const { workload, baseline } = loadScenario('tests/weight.yaml', { cwd: folder });
    expect(workload.rootfs).toMatchObject({ context: join(folder, 'shop') });
    expect(baseline).toBe('runc');
  });

  it('overwrites nothing', async () => {
    await writeFile(join(folder, 'shop.yaml'), 'mine');
    await expect(init({ payload: './shop', yes: true })).rejects.toThrow(/shop\.yaml is there already/);
    expect(await readFile(join(folder, 'shop.yaml'), 'utf8')).toBe('mine');
  });

  it.each([
    [{}, /say what is to be weighed: tare init/],
    [{ payload: './root' }, /does not say what is started in it; add for instance --command/],
    [{ payload: 'tomcat' }, /is a scenario already/],
    [{ payload: './shop', platform: ['rnuc'] }, /did you mean "runc"/],
    [{ payload: './shop', save: 'none/x.yaml' }, /there is no folder .*none/],
  ])('refuses %j and writes nothing', async (changes, words) => {
    await expect(init(changes)).rejects.toThrow(words);
    expect((await readdir(folder)).sort()).toEqual(['root', 'shop', 'tests']);
  });
});

describe('tare init on a terminal', () => {
  it('asks for what was not said, and again after a wrong answer', async () => {
    const person = answering(['./root', 'httpd -f', 'none', '8080', '-', '500m', 'process, runc', '']);
    expect(await init({ memory: '64m' })).toBe(0);
    const { workload, limits, platforms } = loadScenario('./root.yaml', { cwd: folder });
    expect(workload).toMatchObject({
      launch: { command: ['httpd', '-f'] },
      port: 8080,
      ready: { by: 'tcp' },
    });
    expect(limits).toEqual({ cpus: 0.5, memoryBytes: 64 * 2 ** 20 });
    expect(platforms.map(({ id }) => id)).toEqual(['process', 'runc']);
    expect(person.asked()).toContain('It must be a whole number, at least 1.');
  });

  it('with --yes asks nothing', async () => {
    const person = answering([]);
    expect(await init({ payload: './shop', yes: true })).toBe(0);
    expect(person.asked()).not.toContain('?');
  });

  it('an input that ends is an error and writes nothing', async () => {
    answering(['./root']);
    await expect(init({})).rejects.toThrow('the input has ended');
    expect(await readdir(folder)).not.toContain('root.yaml');
  });
});
