import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runAb, type AbOptions } from '../../../../bench/cli/runs/run-ab.ts';
import type { RunScenario } from '../../../../bench/run/run.ts';
import { exitCodes, TareError } from '../../../../bench/environment/errors.ts';
import { comparisonSchema, type RunComparison } from '../../../../bench/record/comparison.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import type { SuiteOptions } from '../../../../bench/run/run.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { otherRun } from '../../../fixtures/records/other-run.ts';
import { testContext, type TestContext } from '../../../support/context.ts';

let folder: string;
let context: TestContext;
let shown: RunComparison | null;
let asked: { name: string; options: SuiteOptions }[];
const record: RunRecord = { ...makeRecord(), failures: [] };
const slower = otherRun(record, { factor: ({ metric }) => (metric === 'startup.ready' ? 1.2 : 1) });

/** Stands in for the suite, which needs root and real platforms: takes two turns, and answers a record with what it was told. */
const runScenario: RunScenario = async (scenario, options) => {
  asked.push({ name: scenario.name, options });
  const { variant } = options;
  if (!variant) throw new Error('no variant');
  await variant.turns.take(() => Promise.resolve());
  await variant.turns.take(() => Promise.resolve());
  await variant.turns.leave();
  const base = variant.of.name === 'a' ? record : slower;
  const platforms = base.platforms.map((platform) => ({ ...platform, payloadDigest: scenario.name }));
  return {
    ...base,
    platforms,
    run: { ...base.run, id: basename(options.folder), variant: variant.of },
  };
};

const scenario = (name: string, platform = 'process', measures = 'startup: {}'): string =>
  `name: ${name}\nworkload: tiny\nlimits: { cpus: 1, memory: 64MiB }\nplatforms: [${platform}]\nmeasures: { ${measures} }\n`;

function compare(changes: Partial<AbOptions> = {}, used = runScenario): Promise<number> {
  const options = { scenarios: ['one.yaml', 'two.yaml'], platform: [], measure: [], ...changes };
  const show = (comparison: RunComparison): Promise<void> => {
    shown = comparison;
    return Promise.resolve();
  };
  return runAb(options, show, context, used);
}

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-ab-'));
  context = testContext(folder);
  asked = [];
  shown = null;
  await writeFile(join(folder, 'one.yaml'), scenario('one'));
  await writeFile(join(folder, 'two.yaml'), scenario('two'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('tare compare --ab', () => {
  it('runs both together and says what differs, though their payloads do', async () => {
    expect(await compare({ samples: 9, seed: 3 })).toBe(0);
    const { pairs, reference, forced } = comparisonSchema.parse(shown);
    expect(reference.id).toMatch(/-one-a$/);
    expect(pairs[0]?.run.id).toMatch(/-two-b$/);
    expect(pairs[0]?.alternated).toBe(true);
    expect(forced).toBe(false);
    const digest = pairs[0]?.differences.find(({ what }) => what === 'payload digest');
    expect(digest).toMatchObject({ level: 'note', reference: 'one', run: 'two' });
    const ready = pairs[0]?.figures.find(
      (figure) => figure.platform === 'runc' && figure.metric === 'startup.ready',
    );
    expect(ready?.verdict).toBe('worse');
    expect(asked.map(({ options }) => options.seed)).toEqual([3, 3]);
    expect(new Set(asked.map(({ options }) => options.variant?.of.ab)).size).toBe(1);
  });

  it('leaves a folder with the reports of each', async () => {
    await compare({ out: 'both' });
    expect((await readdir(join(folder, 'both'))).sort()).toEqual(['a', 'b']);
    expect(await readdir(join(folder, 'both', 'b'))).toContain('report.html');
    expect(context.err()).toContain(join(folder, 'both', 'a'));
    expect(shown?.pairs[0]?.alternated).toBe(true);
  });

  it('takes one scenario twice', async () => {
    expect(await compare({ scenarios: ['one.yaml', 'one.yaml'] })).toBe(0);
    expect(new Set(asked.map(({ options }) => options.folder)).size).toBe(2);
  });

  it('ends the other when one cannot go on', async () => {
    const broken: RunScenario = async (resolved, options, used) => {
      if (resolved.name === 'one') return await runScenario(resolved, options, used);
      throw new TareError('no such image', exitCodes.usage);
    };
    await expect(compare({}, broken)).rejects.toThrow('no such image');
    expect(shown).toBeNull();
  });

  it('begins no second one when the first cannot begin', async () => {
    const broken: RunScenario = () => Promise.reject(new TareError('no such image', exitCodes.usage));
    await expect(compare({}, broken)).rejects.toThrow('no such image');
    expect(asked).toEqual([]);
  });

  it('exits 4 and names what failed', async () => {
    const failing: RunScenario = async (resolved, options, used) => {
      const made = await runScenario(resolved, options, used);
      const failure = {
        platform: 'vm',
        measure: 'startup',
        instance: 'vm-1',
        block: 1,
        code: 'never-ready',
        message: 'it did not answer',
        lines: [],
        log: 'logs/vm-1',
      };
      return options.variant?.of.name === 'b' ? { ...made, failures: [failure] } : made;
    };
    expect(await compare({}, failing)).toBe(4);
    expect(context.logged).toContainEqual(
      expect.stringMatching(/^warn: .*-two-b: vm: never-ready: it did not answer \(logs\/vm-1\)/),
    );
  });

  it.each([
    [['one.yaml'], scenario('two'), /takes two scenarios, the reference first; found 1/],
    [
      ['one.yaml', 'two.yaml'],
      scenario('two', 'runc'),
      /share no platform \(process; runc\).*one id in both/,
    ],
    [
      ['one.yaml', 'two.yaml'],
      scenario('two', 'process', 'startup: {}, density: { budget: { memory: 1GiB, cpus: 1 } }'),
      /density, which is not sampled in blocks.*--measure/,
    ],
  ])('refuses %j', async (scenarios, second, message) => {
    await writeFile(join(folder, 'two.yaml'), second);
    await expect(compare({ scenarios })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(message) as string,
    });
    expect(asked).toEqual([]);
  });
});
