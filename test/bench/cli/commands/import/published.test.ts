/** Published samples of others, imported and checked against what R says of them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../../../../bench/cli/commands/check.ts';
import { includedValues } from '../../../../../bench/record/queries.ts';
import type { RunRecord } from '../../../../../bench/record/schema.ts';
import { mannWhitney } from '../../../../../bench/statistics/mann-whitney.ts';
import { readRecord } from '../../../../../bench/store/read-record.ts';
import { testContext } from '../../../../support/context.ts';
import { importFixture, type Imports, openImports } from '../../../../support/imports.ts';

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(() => imports.remove());

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
  const golden = JSON.parse(await readFile(importFixture('golden.json'), 'utf8')) as Golden[];
  const cases = golden.filter(({ platform }) => platform === 'json');

  it.each(cases)('give the medians and verdicts of R: $run against $reference, $margin', async (wanted) => {
    const rows = golden.filter(({ reference, run, margin }) =>
      [reference === wanted.reference, run === wanted.run, margin === wanted.margin].every(Boolean),
    );
    const gates = rows.map(
      ({ platform, margin }) =>
        `  - { metric: encode.time, platform: ${platform}, worse-by: ${100 * margin}% }\n`,
    );
    const options = { gates: await imports.gatesFile(`gates:\n${gates.join('')}`) };
    const [reference, run] = [
      await imports.imported(importFixture(`${wanted.reference}.csv`), options),
      await imports.imported(importFixture(`${wanted.run}.csv`), options),
    ];
    const context = testContext(imports.folder);
    const code = await checkCommand({ run, against: reference, reporter: [], json: true }, context);
    const record = JSON.parse(context.out()) as RunRecord;
    const before = await readRecord(join(imports.folder, reference, 'run.json'));
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
