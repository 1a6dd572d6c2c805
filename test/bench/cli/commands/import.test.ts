import { includedValues } from '../../../../bench/record/queries.ts';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../../../bench/cli/commands/check.ts';
import { compareCommand } from '../../../../bench/cli/commands/compare.ts';
import { historyCommand } from '../../../../bench/cli/commands/history.ts';
import { importCommand, type ImportOptions } from '../../../../bench/cli/commands/import.ts';
import { readRecord } from '../../../../bench/store/read-record.ts';
import { reportCommand } from '../../../../bench/cli/commands/report.ts';
import type { RunComparison } from '../../../../bench/record/comparison.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import { mannWhitney } from '../../../../bench/statistics/mann-whitney.ts';
import { reporters } from '../../../../reports/index.ts';
import { testContext } from '../../../support/context.ts';

const fixture = (name: string): string =>
  fileURLToPath(new URL(`../../../fixtures/import/${name}`, import.meta.url));

let folder: string;
let count = 0;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-import-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** @returns name of the run's folder */
async function imported(csv: string, options: Partial<ImportOptions> = {}): Promise<string> {
  const out = `run-${(count += 1)}`;
  await importCommand({ csv, out, name: 'imported', ...options }, testContext(folder));
  return out;
}
const importText = async (text: string, options: Partial<ImportOptions> = {}): Promise<RunRecord> => {
  await writeFile(join(folder, 'given.csv'), text);
  return await readRecord(join(folder, await imported('given.csv', options), 'run.json'));
};
const gatesFile = async (text: string): Promise<string> => {
  await writeFile(join(folder, 'gates.yaml'), text);
  return 'gates.yaml';
};

interface Golden {
  reference: string;
  run: string;
  margin: number;
  platform: string;
  median: number;
  medianBefore: number;
  u: number;
  p: number;
  pAdjusted: number;
  verdict: string;
}

describe('published samples of others, checked', async () => {
  const golden = JSON.parse(await readFile(fixture('golden.json'), 'utf8')) as Golden[];
  const cases = golden.filter(({ platform }) => platform === 'json');

  it.each(cases)('give the medians and verdicts of R: $run against $reference, $margin', async (wanted) => {
    const rows = golden.filter(({ reference, run, margin }) =>
      [reference === wanted.reference, run === wanted.run, margin === wanted.margin].every(Boolean),
    );
    const gates = rows.map(
      ({ platform, margin }) =>
        `  - { metric: encode.time, platform: ${platform}, worse-by: ${100 * margin}% }\n`,
    );
    const options = { gates: await gatesFile(`gates:\n${gates.join('')}`) };
    const [reference, run] = [
      await imported(fixture(`${wanted.reference}.csv`), options),
      await imported(fixture(`${wanted.run}.csv`), options),
    ];
    const context = testContext(folder);
    const code = await checkCommand({ run, against: reference, reporter: [], json: true }, context);
    const record = JSON.parse(context.out()) as RunRecord;
    const before = await readRecord(join(folder, reference, 'run.json'));
    expect(record.gates.map(({ verdict }) => verdict)).toEqual(rows.map(({ verdict }) => verdict));
    expect(code).toBe(rows.some(({ verdict }) => verdict === 'fail') ? 1 : 0);
    for (const [index, row] of rows.entries()) {
      const of = ({ results }: RunRecord): RunRecord['results'][number] | undefined =>
        results.find(({ platform }) => platform === row.platform);
      const [now, then] = [of(record), of(before)];
      if (!now || !then) throw new Error(`${row.platform} is missing`);
      // The record has milliseconds, the file nanoseconds.
      expect((now.summary.median ?? NaN) * 1e6).toBeCloseTo(row.median, 9);
      expect((then.summary.median ?? NaN) * 1e6).toBeCloseTo(row.medianBefore, 9);
      const atMargin = includedValues(then).map((value) => value * (1 + row.margin));
      const test = mannWhitney(includedValues(now), atMargin);
      expect(test).toMatchObject({ u: row.u, p: expect.closeTo(row.p, 12) as number });
      const p = row.verdict === 'fail' ? row.pAdjusted : row.p;
      const said = p < 0.001 ? 'p < 0.001' : `p = ${p.toFixed(3)}`;
      if (row.verdict !== 'inconclusive') expect(record.gates[index]?.detail).toContain(said);
    }
  });

  it('have the p that benchstat has published', () => {
    expect(golden.find(({ margin, platform }) => margin === 0 && platform === 'gob')?.p.toFixed(3)).toBe(
      '0.446',
    );
  });
});

describe('an imported record', () => {
  it('says that it was imported, and claims nothing that nobody knows', async () => {
    const record = await importText('platform,metric,value\nvm,startup.ready,12\nvm,startup.ready,13\n', {
      at: '2026-01-15T09:30:00.000Z',
    });
    expect(record.run).toMatchObject({
      imported: { file: 'given.csv' },
      startedAt: '2026-01-15T09:30:00.000Z',
      status: 'complete',
    });
    expect(record.host).toMatchObject({ cpuModel: 'unknown', cpus: null, memoryBytes: null });
    expect(record.platforms[0]).toMatchObject({ id: 'vm', kind: 'unknown', accel: 'unknown', limits: null });
    expect(record.results[0]).toMatchObject({ measure: 'startup', unit: 'ms', better: 'lower' });
    expect(record.results[0]?.samples.map(({ value, block }) => [value, block])).toEqual([
      [12, 1],
      [13, 2],
    ]);
  });

  it('has units, lenses, blocks and directions as they are given', async () => {
    const head = 'platform,metric,lens,unit,block,better,value';
    const rows = ['vm,image.size,disk,MiB,7,,1.5', 'vm,load.rate,,rps,,,30'.replace('rps,,', 'rps,1,')];
    const record = await importText(
      `\uFEFF${head}\r\n"${rows[0]?.replace(',', '",') ?? ''}\r\n\r\n${rows[1] ?? ''}`,
    );
    expect(record.results).toMatchObject([
      { metric: 'image.size', lens: 'disk', unit: 'bytes', samples: [{ value: 1.5 * 2 ** 20, block: 7 }] },
      { metric: 'load.rate', unit: 'rps', better: 'higher', samples: [{ value: 30, block: 1 }] },
    ]);
  });

  it('is taken by report, compare and history, and by every reporter', async () => {
    const [before, after] = [await imported(fixture('old.csv')), await imported(fixture('new.csv'))];
    const context = testContext(folder);
    expect(await reportCommand({ run: after, reporter: [] }, context)).toBe(0);
    expect(context.out().replace(/\s+/g, ' ')).toContain(
      '! These figures were imported from new.csv. Tare has not measured them, and does not know the machine.',
    );
    const page = await readFile(join(folder, after, 'report.html'), 'utf8');
    expect(page).toContain('imported from new.csv');
    expect(page).not.toContain('id="machine"');
    const record = await readRecord(join(folder, after, 'run.json'));
    for (const reporter of Object.values(reporters)) {
      const text = reporter.render(record, { columns: 80, colour: false });
      expect(text.replace(/<script>.*?<\/script>/gs, '')).not.toMatch(/null CPU|NaN|undefined/);
    }
    const compared = testContext(folder);
    await compareCommand(
      { runs: [before, after], platform: [], measure: [], reporter: [], hasChoices: false },
      compared,
    );
    expect(compared.out()).toMatch(/^json: encode\.time is 17 % faster/m);
    const told = testContext(folder);
    await historyCommand({ metric: [], platform: [], dir: [before, after], reporter: [] }, told);
    expect(told.out()).toMatch(/^imported · 2 runs.*\nunknown machine/m);
  });

  it('shows what there is, under its own name, in every headline', async () => {
    const run = await imported(fixture('new.csv'));
    const record = await readRecord(join(folder, run, 'run.json'));
    const options = { columns: 100, colour: false };
    const told = reporters.terminal.render(record, options);
    expect(told).toMatch(
      /^platform +encode\.time +interval of encode\.time\njson +1\.\d\d µs +1\.\d+–1\.\d+ µs$/m,
    );
    expect(told).toContain('\nMedians, as whoever measured them defines them.\n');
    expect(told).toMatch(/^imported · \d+ samples each · /);
    expect(reporters.terminal.render(record, { ...options, columns: 30 })).toMatch(
      /^json · encode\.time 1\.\d\d µs\n {2}interval: 1\./m,
    );
    const markdown = reporters.markdown.render(record, options);
    expect(markdown).toContain('| Platform | encode.time | Interval of encode.time |\n');
    expect(markdown).toMatch(/^imported: encode\.time is 1\.\d\d µs on json and \d\.\d\d µs on gob\.$/m);
    expect(reporters.html.render(record, options)).toMatch(
      /<td class="number lead" data-label="encode\.time">1\./,
    );
  });

  it('keeps unit and direction of what merely looks like Tare’s, and tests it as samples', async () => {
    const rows = [1.8, 2.2, 1.9, 2.1, 2, 1.85, 2.15, 1.95, 2.05, 2.01, 1.99, 2.03].flatMap((value, index) => [
      `docker,image.pull,${value},s,`,
      `docker,density.node,${47 + (index % 6)},MiB,`,
      `docker,memory.bandwidth,${100 + index},rps,`,
      `docker,cpu.ready,${10 + index},count,higher`,
      `docker,cpu.own,${10 + index},ms,`,
    ]);
    const gates = await gatesFile(
      'gates: [{ metric: density.node, platform: docker, max: 50MiB }, { metric: image.pull, platform: docker, worse-by: 5% }]',
    );
    const text = `platform,metric,value,unit,better\n${rows.join('\n')}\n`;
    const record = await importText(text, { gates });
    const traits = record.results.map(({ metric, measure, unit, better, isExact, isSingle, summary }) => [
      metric,
      measure,
      unit,
      better,
      isExact ?? isSingle ?? (summary.ciLow ?? NaN) < (summary.ciHigh ?? NaN),
    ]);
    expect(traits).toEqual([
      ['image.pull', 'image', 'ms', 'lower', true],
      ['density.node', 'density', 'bytes', 'lower', true],
      ['memory.bandwidth', 'memory', 'rps', 'higher', true],
      ['cpu.ready', 'cpu', 'count', 'higher', true],
      ['cpu.own', 'cpu', 'ms', 'lower', true],
    ]);
    // From 47 to 52 MiB the interval of the median holds the bound.
    expect(record.gates[0]).toMatchObject({ verdict: 'inconclusive' });
    const before = await imported('given.csv', { gates });
    const run = await imported('given.csv', { gates });
    const context = testContext(folder);
    await checkCommand({ run, against: before, reporter: [], json: true }, context);
    const checked = JSON.parse(context.out()) as RunRecord;
    expect(checked.gates[1]).toMatchObject({ verdict: expect.stringMatching(/pass|inconclusive/) as string });
    expect(checked.gates[1]?.detail).not.toContain('exact');
    const compared = testContext(folder);
    await compareCommand(
      { runs: [before, run], platform: [], measure: ['cpu'], hasChoices: false, reporter: [] },
      compared,
    );
    expect(compared.out()).toContain('cpu.own');
    expect(compared.out()).not.toContain('image.pull');
  });

  it('has four figures in its headline at most, Tare’s own first, and says that there are more', async () => {
    const metrics = ['a.x', 'b.x', 'stop.graceful', 'c.x', 'd.x', 'e.x'];
    const rows = ['one', 'two'].flatMap((platform) =>
      metrics.map((metric) => `${platform},${metric},1,ms\n`),
    );
    const record = await importText(`platform,metric,value,unit\n${rows.join('')}`);
    const told = reporters.terminal.render(record, { columns: 120, colour: false });
    expect(told).toMatch(/^platform +stop +interval of stop +a\.x +b\.x +c\.x$/m);
    expect(told).toContain(
      'stop: graceful. The others: medians, as whoever measured them defines them. More figures in the report: 2.',
    );
  });

  it('has its own gates judged at once', async () => {
    const gates = await gatesFile('gates: [{ metric: encode.time, platform: json, max: 0.001 }]');
    const record = await readRecord(join(folder, await imported(fixture('new.csv'), { gates }), 'run.json'));
    expect(record.gates).toMatchObject([{ verdict: 'fail', expected: 'encode.time of json <= 0.001' }]);
  });
});

describe('figures of others', () => {
  const rows = (metric: string, unit: string, values: readonly number[]): string =>
    `platform,metric,value,unit\n${values.map((value) => `docker,${metric},${value},${unit}\n`).join('')}`;
  const scattered = [1.8, 2.2, 1.9, 2.1, 1.85, 2.05, 1.95, 2.15, 2, 1.82, 2.18, 1.98];
  const again = [2.17, 1.81, 2.02, 1.97, 2.11, 1.88, 2.06, 1.92, 2.19, 1.84, 2.04, 1.99];

  it.each(['image.pull', 'image.transfer'])(
    'named %s are tested like any other that scatter, in a comparison and in a check',
    async (metric) => {
      const gates = await gatesFile(`gates: [{ metric: ${metric}, platform: docker, worse-by: 0% }]`);
      const { run: before } = await importText(rows(metric, 's', scattered), { gates });
      const { run: after } = await importText(rows(metric, 's', again), { gates });
      const context = testContext(folder);
      await compareCommand(
        {
          runs: [before.id, after.id],
          platform: [],
          measure: [],
          hasChoices: false,
          reporter: [],
          json: true,
        },
        context,
      );
      const [figure] = (JSON.parse(context.out()) as RunComparison).pairs[0]?.figures ?? [];
      expect(figure).toMatchObject({ exact: false, verdict: 'none-seen' });
      expect(figure?.test).not.toBeNull();
      const check = testContext(folder);
      await checkCommand({ run: after.id, against: before.id, reporter: [], json: true }, check);
      const [gate] = (JSON.parse(check.out()) as RunRecord).gates;
      expect(gate).toMatchObject({ verdict: 'inconclusive' });
      expect(gate?.found).toMatch(/95 % interval/);
    },
  );

  it('that only begin like a density are held against a bound by the interval of their median', async () => {
    const gates = await gatesFile('gates: [{ metric: density.node, platform: docker, max: 50000000 }]');
    const values = [48, 52, 49, 51, 50, 48.5, 51.5, 49.5, 50.5, 50, 49, 51].map((mb) => mb * 1e6);
    const text = rows('density.node', 'bytes', values);
    const record = await importText(text, { gates });
    const [low, high] = [record.results[0]?.summary.ciLow, record.results[0]?.summary.ciHigh];
    expect(record.gates).toMatchObject([{ verdict: 'inconclusive' }]);
    expect(record.gates[0]?.found).toContain(`[${low} bytes, ${high} bytes]`);
  });

  it('with one row a side are no gate that waits for ever', async () => {
    const gates = await gatesFile('gates: [{ metric: build.time, platform: docker, worse-by: 5% }]');
    const { run: before } = await importText(rows('build.time', 's', [10]), { gates });
    const { run: after } = await importText(rows('build.time', 's', [20]), { gates });
    const check = checkCommand({ run: after.id, against: before.id, reporter: [] }, testContext(folder));
    await expect(check).rejects.toThrow(/^gate build.time docker: 1 sample on a side, and it needs 6/);
  });
});

describe('what tare import refuses', () => {
  const refuses = async (attempt: Promise<unknown>, ...messages: RegExp[]): Promise<void> => {
    const error = await attempt.then(
      () => new Error('it was taken'),
      (reason: unknown) => reason as Error,
    );
    for (const message of messages) expect(error.message).toMatch(message);
    expect(['ScenarioError', 'TareError']).toContain(error.name);
  };

  it.each<[string, ...RegExp[]]>([
    ['', /^given\.csv:1:1: the file is empty; expected a line with platform, metric, value/],
    ['platform,metric,value\n', /^given\.csv:1:1: there is no row/],
    [
      'platform;metric;value\n1;2;3',
      /^given\.csv:1:1: columns are separated by semicolons; expected commas, and points in numbers/,
    ],
    [
      'platform,metrics,value\na,b.c,1',
      /^given\.csv:1:10: unknown column "metrics"; did you mean "metric"/,
      /1:1: missing column: metric$/m,
    ],
    ['platform,metric,value,value\na,b.c,1,1', /^given\.csv:1:23: duplicate column value; keep one of them/],
    ['platform,metric,value\nvm,startup.ready\n', /^given\.csv:2:1: 2 cells in this row; expected 3/],
    [
      'platform,metric,value\n,startup,1\n',
      /^given\.csv:2:1: platform is empty/,
      /2:2: the metric "startup" needs/,
    ],
    [
      'platform,metric,value\nvm,stop.kill,12 ms\nvm,stop.kill,\n',
      /^given\.csv:2:14: value: expected a number such as 12\.5, found "12 ms"; the unit goes into a column of its own\ngiven\.csv:3:14: .*found ""/,
    ],
    [
      'platform,metric,value\nvm,stop.kill,1e999\n',
      /^given\.csv:2:14: value: 1e999 is too large; expected at most 1e\+100 ms$/,
    ],
    ['platform,metric,value,unit\nvm,a.b,1e99,s\n', /^given\.csv:2:8: value: 1e99 is too large/],
    [
      'platform,metric,value,unit\nvm,a.b,1e-320,ns\n',
      /^given\.csv:2:8: value: 1e-320 is too small to be told from 0 ms$/,
    ],
    [
      'platform,metric,value,unit\nvm,a.b,-1,ms\n',
      /^given\.csv:2:8: value: -1 is negative; expected a time of 0 or more$/,
    ],
    [
      'platform,metric,value,unit\nvm,a.b,"1,5",ms\nvm,a.b,1,5,ms\nvm,a.b,1 234.5,ms\n',
      /^given\.csv:2:8: value: .* found "1,5"; write the decimal sign as a point/,
      /^given\.csv:3:1: 5 cells in this row; expected 4: .*; a value with a comma in it needs a point/m,
      /^given\.csv:4:8: .* found "1 234\.5"; leave out separators of thousands$/m,
    ],
    [
      'platform,metric,value\ndocker,image.pull,1.8\n',
      /^given\.csv:2:8: the unit of image\.pull is not known; add a column "unit" with one of ns, us, ms, s, bytes/,
    ],
    [
      'platform,metric,value,unit\nvm,density.node,1,\n',
      /^given\.csv:2:19: the unit of density\.node is not known; expected one of ns/,
    ],
    ['sep=,\nplatform,metric,value\n', /^given\.csv:1:1: this line is for Excel alone/],
    ['platform\tmetric\tvalue\n', /^given\.csv:1:1: columns are separated by tabs/],
    ['platform,metric,value,\nvm,stop.kill,1,\n', /^given\.csv:1:23: column 4 has no name; remove it/],
    ['platform,metric,value\n"v"m,stop.kill,1\n', /^given\.csv:2:4: text follows the closing quote/],
    [
      'platform,metric,value,block\nvm,stop.kill,1,\n',
      /found ""; number every row, or leave the column out$/,
    ],
    [
      'platform,metric,value,unit\n"v\nm",a.b,1,msec\n',
      /^given\.csv:3:10: unknown unit "msec"; did you mean "ms"|^given\.csv:3:10: unknown unit "msec"/,
    ],
    [
      'platform,metric,value,block\nvm,stop.kill,1,0\nvm,stop.kill,1,x',
      /^given\.csv:2:16: block: expected a whole number from 1 on, found "0"\ngiven\.csv:3:16/,
    ],
    [
      'platform,metric,value,better\nvm,stop.kill,1,more',
      /^given\.csv:2:16: better: expected lower or higher, found "more"/,
    ],
    [
      'platform,metric,value,unit\nvm,a.b,1,ms\nvm,a.b,1,bytes',
      /^given\.csv:3:10: a\.b of vm has two kinds of unit: bytes here, ms in line 2$/,
    ],
    [
      'platform,metric,value,better\nvm,stop.kill,1,lower\nvm,stop.kill,1,higher',
      /^given\.csv:3:16: stop\.kill of vm has two directions: higher here, lower in line 2$/,
    ],
    [
      'platform,metric,value,block\nvm,stop.kill,1,2\nvm,stop.kill,1,2',
      /^given\.csv:3:16: duplicate row: block 2 of stop\.kill of vm is in line 2 already$/,
    ],
    ['platform,metric,value\n"vm,a.b,1\n', /^given\.csv:2:1: this quote is never closed/],
    [
      `platform,metric,value\n${'vm,a.b,x\n'.repeat(30)}`,
      /^given\.csv:2:4: the unit.*\ngiven\.csv:2:8/,
      /\nand 11 more$/,
    ],
  ])('%j', async (text, ...messages) => {
    await refuses(importText(text), ...messages);
  });

  it('a file that is not there, is a folder or is no text, and a folder that is in use', async () => {
    await refuses(imported('nowhere.csv'), /^nowhere\.csv: there is no such file/);
    await refuses(imported('.'), /^\.: it is a folder/);
    await writeFile(join(folder, 'binary.csv'), Buffer.from([0xff, 0xfe, 0x00]));
    await refuses(imported('binary.csv'), /^binary\.csv: it is not text in UTF-8/);
    await refuses(imported(fixture('new.csv'), { out: '.' }), /is not empty; choose another --out/);
  });

  it.each<[string, RegExp]>([
    [
      'gates: [{ metric: encode.tiem, platform: json, max: 1 }]',
      /^gates\.yaml:1:19: .*unknown metric "encode\.tiem"; did you mean "encode\.time"/,
    ],
    [
      'gates: [{ metric: encode.time, platform: jsno, max: 1 }]',
      /^gates\.yaml:1:42: .*unknown platform "jsno"; did you mean "json"/,
    ],
    ['gates: [{ metric: encode.time, platform: json, max: 1MiB }]', /expected milliseconds or/],
    ['gates: [{ metric: encode.time, platform: json }]', /could never fail/],
    ['gate: []', /gate/],
  ])('gates that are a mistake: %j', async (text, message) => {
    await refuses(imported(fixture('new.csv'), { gates: await gatesFile(text) }), message);
  });
});
