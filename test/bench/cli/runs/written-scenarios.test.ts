import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writtenScenarios, type PayloadOptions } from '../../../../bench/cli/runs/written-scenarios.ts';
import type { CommandContext } from '../../../../bench/environment/context.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import type { SuiteOptions } from '../../../../bench/run/run.ts';
import { loadScenario } from '../../../../scenarios/loader/load.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-written-'));
  await mkdir(join(folder, 'root'));
});

afterEach(() => rm(folder, { recursive: true }));

const written = (names: string[], options: Partial<PayloadOptions> = {}) => {
  const log = { progress: () => undefined, debug: () => undefined, warn: () => undefined };
  return writtenScenarios(names, { env: [], ...options }, { cwd: folder, log } as unknown as CommandContext);
};

const start = { command: '/bin/server --fast', port: 8080 };

it('a folder becomes a scenario with what is said of it', async () => {
  const options = { ...start, env: ['A=b=c', 'spring.datasource.url=x'], memory: '256m', cpus: 0.5 };
  const { scenarios } = await written(['root'], { ...options, ready: '/health' });
  const { workload, limits, platforms } = scenarios.get('root') ?? {};
  expect(limits).toEqual({ cpus: 0.5, memoryBytes: 2 ** 28 });
  expect(platforms?.map(({ id }) => id)).toEqual(['process', 'runc', 'vm']);
  expect(workload).toMatchObject({
    rootfs: { from: 'directory', path: join(folder, 'root') },
    launch: {
      command: ['/bin/server', '--fast'],
      environment: { A: 'b=c', 'spring.datasource.url': 'x' },
    },
    port: 8080,
    ready: { by: 'http', path: '/health', status: ['2xx', '3xx', '4xx'] },
  });
});

it('without a path it is left to a trial what the server speaks', async () => {
  const { scenarios } = await written(['root'], start);
  expect(scenarios.get('root')?.workload.ready).toMatchObject({ by: 'tcp', isTentative: true });
});

it('the saved file is the scenario as it was run, and loads again', async () => {
  const { scenarios, saving } = await written(['root'], { ...start, save: 'run.yaml' });
  const scenario = scenarios.get('root');
  if (!scenario) throw new Error('it was not written');
  const found = { by: 'http', path: '/' };
  const record = { run: { scenario: { workload: { ready: found } } } } as unknown as RunRecord;
  const log = { progress: () => undefined, debug: () => undefined, warn: () => undefined };
  await saving(() => Promise.resolve(record))(
    scenario,
    {} as SuiteOptions,
    { log } as unknown as CommandContext,
  );
  expect(await readFile(join(folder, 'run.yaml'), 'utf8')).toContain('path: ./root\n');
  const loaded = loadScenario('./run.yaml', { cwd: folder });
  expect(loaded.workload).toEqual({
    ...scenario.workload,
    ready: { by: 'http', path: '/', status: ['2xx', '3xx', '4xx'], bodyContains: null, timeoutMs: 60_000 },
  });
  expect(loaded.platforms).toEqual(scenario.platforms);
});

it.each([
  [['root'], {}, /does not say what is started in it; add for instance --command '.*' and --port 8080/],
  [['root'], { command: '/bin/server' }, /add for instance --port 8080/],
  [['tiny'], { port: 80 }, /--port is for an image, an archive or a folder; the scenario tiny states it/],
  [['tiny'], { env: ['A=b'] }, /--env is for an image/],
  [['root'], { ...start, env: ['A'] }, /--env A: expected NAME=VALUE/],
  [['root'], { ...start, save: 'there.yaml' }, /there\.yaml is there already/],
  [['root'], { ...start, save: 'none/run.yaml' }, /there is no folder .*none; make it/],
  [['root'], { ...start, command: './server' }, /command\[0\]: expected the absolute path/],
])('%j with %j is refused, with what would be right', async (names, options, words) => {
  await writeFile(join(folder, 'there.yaml'), '');
  await expect(written(names, options)).rejects.toThrow(words);
});
