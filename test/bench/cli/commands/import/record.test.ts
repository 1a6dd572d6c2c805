/** What stands in the record of imported samples, and what every command makes of it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../../../../bench/cli/commands/check.ts';
import { compareCommand } from '../../../../../bench/cli/commands/compare.ts';
import { historyCommand } from '../../../../../bench/cli/commands/history.ts';
import { reportCommand } from '../../../../../bench/cli/commands/report.ts';
import type { RunRecord } from '../../../../../bench/record/schema.ts';
import { readRecord } from '../../../../../bench/store/read-record.ts';
import { reporters } from '../../../../../reports/index.ts';
import { testContext } from '../../../../support/context.ts';
import { importFixture, type Imports, openImports } from '../../../../support/imports.ts';

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(() => imports.remove());

describe('an imported record', () => {
  it('says that it was imported, and claims nothing that nobody knows', async () => {
    const record = await imports.importText(
      'platform,metric,value\nvm,startup.ready,12\nvm,startup.ready,13\n',
      {
        at: '2026-01-15T09:30:00.000Z',
      },
    );
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
    const record = await imports.importText(
      `\uFEFF${head}\r\n"${rows[0]?.replace(',', '",') ?? ''}\r\n\r\n${rows[1] ?? ''}`,
    );
    expect(record.results).toMatchObject([
      { metric: 'image.size', lens: 'disk', unit: 'bytes', samples: [{ value: 1.5 * 2 ** 20, block: 7 }] },
      { metric: 'load.rate', unit: 'rps', better: 'higher', samples: [{ value: 30, block: 1 }] },
    ]);
  });

  it('is taken by report, compare and history, and by every reporter', async () => {
    const [before, after] = [
      await imports.imported(importFixture('old.csv')),
      await imports.imported(importFixture('new.csv')),
    ];
    const context = testContext(imports.folder);
    expect(await reportCommand({ run: after, reporter: [] }, context)).toBe(0);
    expect(context.out().replace(/\s+/g, ' ')).toContain(
      '! These figures were imported from new.csv. Tare has not measured them, and does not know the machine.',
    );
    const page = await readFile(join(imports.folder, after, 'report.html'), 'utf8');
    expect(page).toContain('imported from new.csv');
    expect(page).not.toContain('id="machine"');
    const record = await readRecord(join(imports.folder, after, 'run.json'));
    for (const reporter of Object.values(reporters)) {
      const text = reporter.render(record, { columns: 80, colour: false });
      expect(text.replace(/<script>.*?<\/script>/gs, '')).not.toMatch(/null CPU|NaN|undefined/);
    }
    const compared = testContext(imports.folder);
    await compareCommand(
      { runs: [before, after], platform: [], measure: [], reporter: [], hasChoices: false },
      compared,
    );
    expect(compared.out()).toMatch(/^json: encode\.time is 17 % faster/m);
    const told = testContext(imports.folder);
    await historyCommand({ metric: [], platform: [], dir: [before, after], reporter: [] }, told);
    expect(told.out()).toMatch(/^imported · 2 runs.*\nunknown machine/m);
  });

  it('shows what there is, under its own name, in every headline', async () => {
    const run = await imports.imported(importFixture('new.csv'));
    const record = await readRecord(join(imports.folder, run, 'run.json'));
    const options = { columns: 100, colour: false };
    const told = reporters.terminal.render(record, options);
    expect(told).toMatch(
      /^platform +encode\.time +interval of encode\.time\n +µs +µs\njson +1\.\d\d +1\.\d+–1\.\d+$/m,
    );
    expect(told).toContain('\nMedians, as whoever measured them defines them.\n');
    expect(told).toMatch(/^imported · \d+ samples each · /);
    expect(reporters.terminal.render(record, { ...options, columns: 20 })).toMatch(
      /^json ·\s+encode\.time\s+1\.\d\d µs\s+interval:\s+1\./m,
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
    const gates = await imports.gatesFile(
      'gates: [{ metric: density.node, platform: docker, max: 50MiB }, { metric: image.pull, platform: docker, worse-by: 5% }]',
    );
    const text = `platform,metric,value,unit,better\n${rows.join('\n')}\n`;
    const record = await imports.importText(text, { gates });
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
    const before = await imports.imported('given.csv', { gates });
    const run = await imports.imported('given.csv', { gates });
    const context = testContext(imports.folder);
    await checkCommand({ run, against: before, reporter: [], json: true }, context);
    const checked = JSON.parse(context.out()) as RunRecord;
    expect(checked.gates[1]).toMatchObject({ verdict: expect.stringMatching(/pass|inconclusive/) as string });
    expect(checked.gates[1]?.detail).not.toContain('exact');
    const compared = testContext(imports.folder);
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
      metrics.map((metric) => `${platform},${metric},${platform === 'one' ? 1 : 2},ms\n`),
    );
    const record = await imports.importText(`platform,metric,value,unit\n${rows.join('')}`);
    const told = reporters.terminal.render(record, { columns: 120, colour: false });
    expect(told).toMatch(/^platform +stop +interval of stop +a\.x +b\.x +c\.x$/m);
    expect(told).toContain(
      'stop: graceful. The others: medians, as whoever measured them defines them. More figures in the report: 2.',
    );
  });

  it('has its own gates judged at once', async () => {
    const gates = await imports.gatesFile('gates: [{ metric: encode.time, platform: json, max: 0.001 }]');
    const record = await readRecord(
      join(imports.folder, await imports.imported(importFixture('new.csv'), { gates }), 'run.json'),
    );
    expect(record.gates).toMatchObject([{ verdict: 'fail', expected: 'encode.time of json <= 0.001' }]);
  });
});
