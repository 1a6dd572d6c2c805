/** Adds a measure, a runner and a reporter to a copy of the sources, by the pages for it, and looks for them everywhere. */
import { cp, mkdir, readFile, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../runners/machine/command.ts';
import { readAdditions, type Additions } from '../support/additions.ts';
import { compilerOf, type Compile } from '../support/compile.ts';
import { writeScenario } from '../support/scenario-file.ts';
import { makeSandbox, type Sandbox } from '../support/tare.ts';
import { unlistedReporters } from '../support/unlisted-reporters.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Where the tables of runners meet. */
const joint = 'bench/run/prepare/platforms.ts';
const tables = [
  'scenarios/measures/measures.ts',
  'bench/measures/takers.ts',
  'reports/measures/views.ts',
  'scenarios/platforms/table.ts',
  'runners/runners.ts',
];

let box: Sandbox;
let copy: string;
let added: Additions;
let all: Map<string, string>;
let compile: Compile;
beforeAll(async () => {
  box = await makeSandbox();
  copy = join(box.folder, 'tare');
  for (const part of ['scenarios', 'runners', 'bench', 'reports', 'package.json', 'tsconfig.json']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  added = await readAdditions(root, ['add-a-measure.md', 'add-a-runner.md', 'add-a-reporter.md']);
  all = new Map([...added.files, ...added.tables]);
  for (const [path, text] of all) {
    await mkdir(dirname(join(copy, path)), { recursive: true });
    await writeFile(join(copy, path), text);
  }
  compile = compilerOf(copy, [...all.keys(), joint]);
});
afterAll(() => box.remove());

describe('A measure of three files and three lines, a runner of two and two, a reporter of one and one', () => {
  it('are all that their pages add', () => {
    expect([...added.tables.keys()].sort()).toEqual([...tables, 'reports/index.ts'].sort());
    expect(added.files.size).toBe(3 + 2 + 1);
  });

  it('compile', () => {
    expect(compile(all)).toEqual([]);
  });

  it.each(tables)('do not compile without their line in %s', async (table) => {
    const without = await readFile(join(root, table), 'utf8');
    expect(compile(new Map([...all, [table, without]])).join('\n')).toContain('toy');
  });

  it('are missed by a test without the line in the table of reporters', async () => {
    const table = 'reports/index.ts';
    const without = await readFile(join(root, table), 'utf8');
    expect(await unlistedReporters(copy)).toEqual([]);
    expect(await unlistedReporters(copy, new Map([[table, without]]))).toEqual(['reports/toy.ts: toy']);
  });

  it('show up in lists, schema and help', async () => {
    const [measures, metrics, platforms, reporters, schema, help] = await tare(
      ...['measures', 'metrics', 'platforms', 'reporters'].map((subject) => ['list', subject]),
      ['schema', 'scenario'],
      ['run', '--help'],
    );
    expect(measures).toMatch(/toy +How many processes there are/);
    expect(metrics).toMatch(/toy\.processes +toy +count +lower/);
    expect(platforms).toMatch(/toy +toy +a process in a toy box/);
    expect(reporters).toMatch(/toy +.*one line per platform/);
    expect(schema).toContain('How many processes there are.');
    expect(schema).toContain('What to call it.');
    expect(help?.replaceAll(/\s+/g, ' ')).toContain(', toy)');
  });

  it('run, and are in the record and the reports', async () => {
    const file = await writeScenario(box.folder, 'toys', {
      platforms: [{ id: 'first', runner: 'toy', label: 'mine' }],
      measures: { toy: { samples: 1 } },
    });
    const folder = join(box.folder, 'out');
    const [report] = await tare(['run', file, '--out', folder, '--reporter', 'toy=-', '-q']);
    expect(report).toBe('first ran on toy 1.0\n');
    const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as Record<string, unknown>;
    expect(record).toMatchObject({
      platforms: [{ id: 'first', runner: 'toy', options: { label: 'mine' }, details: { label: 'mine' } }],
      results: [{ platform: 'first', measure: 'toy', metric: 'toy.processes', summary: { n: 1 } }],
    });
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    expect(page).toContain('Toy processes');
    expect(page).toContain('Processes of a running instance.');
    expect(page).toContain('Counted by a toy.');
    expect(await readFile(join(folder, 'report.md'), 'utf8')).toContain('| toy.processes | first |');
  });
});

/** What each invocation of the copy prints; one process for all of them, since loading the sources takes longest. */
async function tare(...invocations: string[][]): Promise<string[]> {
  const script = join(copy, 'invoke.ts');
  await writeFile(
    script,
    `import { runProgram } from './bench/cli/program.ts';
for (const invocation of JSON.parse(process.argv[2])) {
  process.exitCode ||= await runProgram(invocation);
  process.stdout.write('\\0');
}
`,
  );
  const program = ['--import', import.meta.resolve('tsx'), script, JSON.stringify(invocations)];
  const { stdout } = await run(process.execPath, program, { cwd: copy, env: box.env, timeoutMs: 240_000 });
  return stdout.split('\0').slice(0, -1);
}
