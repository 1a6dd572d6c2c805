/** Adds a toy measure to a copy of the sources, by the steps of docs/add-a-measure.md, and looks for it everywhere. */
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../../runners/machine/command.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const files: Record<string, string> = {
  'scenarios/measures/toy.ts': `
import { z } from 'zod';
import { defineMeasure } from './measure.ts';
import { followingSamples, sampling } from './samples.ts';

const schema = z.strictObject({ samples: followingSamples }).describe('How many processes an instance has.');

export const toy = defineMeasure<typeof schema, { samples: number }>({
  title: 'Toy processes',
  schema,
  resolve: (written, usual) => ({ samples: written.samples ?? usual.samples }),
  sampling: sampling(),
  metrics: {
    'toy.processes': { unit: 'count', better: 'lower', definition: 'Processes of a running instance.' },
  },
});
`,
  'bench/measures/toy.ts': `
import type { OptionsOf } from '../../scenarios/measures/measures.ts';
import type { Measure } from './measure.ts';

export const toy: Measure<OptionsOf<'toy'>> = {
  instance: {
    hooks: ({ instance, sample }) => ({
      async running() {
        sample({ metric: 'toy.processes', value: (await instance.cgroup.processes()).length });
      },
    }),
  },
};
`,
  'reports/measures/toy.ts': `
import { markup } from '../html/markup.ts';
import type { MeasureView } from './measure.ts';

export const toy: MeasureView = { notes: () => markup\`<p>Counted by a toy.</p>\` };
`,
};
const tables = ['scenarios/measures/measures.ts', 'bench/measures/takers.ts', 'reports/measures/views.ts'];

let copy: string;
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), 'tare-toy-'));
  for (const part of ['scenarios', 'runners', 'bench', 'reports', 'package.json', 'tsconfig.json']) {
    await cp(join(root, part), join(copy, part), { recursive: true });
  }
  await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [file, text] of Object.entries(files)) await writeFile(join(copy, file), text);
  for (const table of tables) await writeFile(join(copy, table), await withToy(table));
});
afterAll(() => rm(copy, { recursive: true, force: true }));

/** The file's import and its line in the table. */
async function withToy(table: string): Promise<string> {
  const text = await readFile(join(root, table), 'utf8');
  return `import { toy } from './toy.ts';\n${text.replace(/^} satisfies/m, '  toy,\n} satisfies')}`;
}

/** What the compiler says of the tables and the toy's files. Others are read only as far as these need them. */
function mistakes(): string[] {
  const { config } = ts.readConfigFile(join(copy, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, copy);
  const names = [...tables, ...Object.keys(files)].map((file) => join(copy, file));
  const program = ts.createProgram(names, { ...options, noEmit: true });
  return names
    .map((name) => program.getSourceFile(name))
    .filter((source) => source !== undefined)
    .flatMap((source) => program.getSemanticDiagnostics(source))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

async function tare(...args: string[]): Promise<string> {
  const program = [`--import`, import.meta.resolve('tsx'), join(copy, 'bench/cli.ts'), ...args];
  return (await run(process.execPath, program, { cwd: copy, timeoutMs: 120_000 })).stdout;
}

describe('a measure is three files and three lines', () => {
  it('compiles', () => {
    expect(mistakes()).toEqual([]);
  });

  it.each(tables)('does not compile without its line in %s', async (table) => {
    const whole = await readFile(join(copy, table), 'utf8');
    await writeFile(join(copy, table), await readFile(join(root, table), 'utf8'));
    try {
      expect(mistakes().join('\n')).toContain('toy');
    } finally {
      await writeFile(join(copy, table), whole);
    }
  });

  it('shows up in lists, schema and help', async () => {
    expect(await tare('list', 'measures')).toMatch(/toy +How many processes an instance has/);
    expect(await tare('list', 'metrics')).toMatch(/toy\.processes +toy +count +lower/);
    expect(await tare('schema', 'scenario')).toContain('How many processes an instance has.');
    expect((await tare('run', '--help')).replaceAll(/\s+/g, ' ')).toContain('density, toy)');
  });

  it('has its figures in the record and in reports', async () => {
    const folder = join(copy, 'run');
    await mkdir(folder);
    const journal = join(root, 'test/fixtures/version-0.1.0/run/events.ndjson');
    const sample = {
      ...{ type: 'sample', platform: 'runc', measure: 'toy', metric: 'toy.processes', lens: null },
      ...{ condition: {}, definition: null },
      sample: { value: 3, block: 1, at: '2026-01-15T09:30:00.000Z', instance: 'runc-1' },
    };
    await writeFile(
      join(folder, 'events.ndjson'),
      `${await readFile(journal, 'utf8')}${JSON.stringify(sample)}\n`,
    );
    await writeFile(
      join(copy, 'make.ts'),
      `import { writeFileSync } from 'node:fs';
import { buildRecord } from './bench/run/journal/build-record.ts';
import { readJournal } from './bench/run/journal/journal.ts';
const { events } = await readJournal('run/events.ndjson');
writeFileSync('run/run.json', JSON.stringify(buildRecord(events)));
`,
    );
    await run(process.execPath, ['--import', import.meta.resolve('tsx'), 'make.ts'], { cwd: copy });
    const report = await tare('report', folder, '--reporter', 'html=-');
    expect(report).toContain('Toy processes');
    expect(report).toContain('Processes of a running instance.');
    expect(report).toContain('Counted by a toy.');
    expect(await tare('report', folder, '--reporter', 'markdown=-')).toContain('| toy.processes | runc |');
  });
});
