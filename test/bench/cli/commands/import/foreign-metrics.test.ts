/** Metrics of others that are called like those of Tare. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkCommand } from '../../../../../bench/cli/commands/check.ts';
import { compareCommand } from '../../../../../bench/cli/commands/compare.ts';
import type { RunComparison } from '../../../../../bench/record/comparison.ts';
import type { RunRecord } from '../../../../../bench/record/schema.ts';
import { testContext } from '../../../../support/context.ts';
import { type Imports, openImports } from '../../../../support/imports.ts';

let imports: Imports;
beforeAll(async () => {
  imports = await openImports();
});
afterAll(() => imports.remove());

describe('figures of others', () => {
  const rows = (metric: string, unit: string, values: readonly number[]): string =>
    `platform,metric,value,unit\n${values.map((value) => `docker,${metric},${value},${unit}\n`).join('')}`;
  const scattered = [1.8, 2.2, 1.9, 2.1, 1.85, 2.05, 1.95, 2.15, 2, 1.82, 2.18, 1.98];
  const again = [2.17, 1.81, 2.02, 1.97, 2.11, 1.88, 2.06, 1.92, 2.19, 1.84, 2.04, 1.99];

  it.each(['image.pull', 'image.transfer'])(
    'named %s are tested like any other that scatter, in a comparison and in a check',
    async (metric) => {
      const gates = await imports.gatesFile(`gates: [{ metric: ${metric}, platform: docker, worse-by: 0% }]`);
      const { run: before } = await imports.importText(rows(metric, 's', scattered), { gates });
      const { run: after } = await imports.importText(rows(metric, 's', again), { gates });
      const context = testContext(imports.folder);
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
      const check = testContext(imports.folder);
      await checkCommand({ run: after.id, against: before.id, reporter: [], json: true }, check);
      const [gate] = (JSON.parse(check.out()) as RunRecord).gates;
      expect(gate).toMatchObject({ verdict: 'inconclusive' });
      expect(gate?.found).toMatch(/95 % interval/);
    },
  );

  it('that only begin like a density are held against a bound by the interval of their median', async () => {
    const gates = await imports.gatesFile(
      'gates: [{ metric: density.node, platform: docker, max: 50000000 }]',
    );
    const values = [48, 52, 49, 51, 50, 48.5, 51.5, 49.5, 50.5, 50, 49, 51].map((mb) => mb * 1e6);
    const text = rows('density.node', 'bytes', values);
    const record = await imports.importText(text, { gates });
    const [low, high] = [record.results[0]?.summary.ciLow, record.results[0]?.summary.ciHigh];
    expect(record.gates).toMatchObject([{ verdict: 'inconclusive' }]);
    expect(record.gates[0]?.found).toContain(`[${low} bytes, ${high} bytes]`);
  });

  it('with one row a side are no gate that waits for ever', async () => {
    const gates = await imports.gatesFile('gates: [{ metric: build.time, platform: docker, worse-by: 5% }]');
    const { run: before } = await imports.importText(rows('build.time', 's', [10]), { gates });
    const { run: after } = await imports.importText(rows('build.time', 's', [20]), { gates });
    const check = checkCommand(
      { run: after.id, against: before.id, reporter: [] },
      testContext(imports.folder),
    );
    await expect(check).rejects.toThrow(/^gate build.time docker: 1 sample on a side, and it needs 6/);
  });
});
