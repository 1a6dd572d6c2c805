import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildCommand } from '../../../../bench/cli/commands/build.ts';
import type { RunScenario } from '../../../../bench/run/run.ts';
import { runCommand, type RunOptions } from '../../../../bench/cli/commands/run.ts';
import { exitCodes, TareError } from '../../../../bench/environment/errors.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import type { ResolvedScenario } from '../../../../scenarios/resolved.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { testContext, type TestContext } from '../../../support/context.ts';

let folder: string;
let context: TestContext;
let runScenario: RecordedCalls;
const record: RunRecord = { ...makeRecord(), failures: [], gates: [] };

/** Stands in for the suite, which needs root and real platforms: keeps what it was asked and answers a record. */
interface RecordedCalls {
  run: RunScenario;
  asked: { scenario: ResolvedScenario; folder: string; seed: number }[];
}
function recordCalls(): RecordedCalls {
  const asked: RecordedCalls['asked'] = [];
  return {
    asked,
    run: (scenario, options) => {
      asked.push({ scenario, folder: options.folder, seed: options.seed });
      return Promise.resolve(record);
    },
  };
}

const options = (changes: Partial<RunOptions>): RunOptions => ({
  scenarios: ['tiny'],
  hasChoices: false,
  platform: [],
  measure: [],
  reporter: [],
  ...changes,
});
const run = (changes: Partial<RunOptions>): Promise<number> =>
  runCommand(options(changes), context, runScenario.run);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-run-'));
  context = testContext(folder);
  runScenario = recordCalls();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('tare run', () => {
  it('hands the scenario with the choices of the command line to the suite', async () => {
    expect(await run({ platform: ['process', 'crun'], measure: ['startup'], samples: 3, seed: 7 })).toBe(0);
    const [asked] = runScenario.asked;
    expect(asked?.seed).toBe(7);
    expect(asked?.scenario.platforms.map((platform) => platform.id)).toEqual(['process', 'crun']);
    expect(asked?.scenario.measures).toMatchObject({ startup: { samples: 3 }, stop: null, image: null });
    expect(asked?.folder).toMatch(/\.tare\/runs\/\d{8}-\d{6}-tiny$/);
  });

  it('writes the reports once everything was measured, and prints the table', async () => {
    let early: string[] = [];
    const watching: RunScenario = async (scenario, suiteOptions, suiteContext) => {
      const result = await runScenario.run(scenario, suiteOptions, suiteContext);
      early = await readdir(suiteOptions.folder);
      return result;
    };
    await runCommand(options({ out: 'here' }), context, watching);
    expect(early).toEqual([]);
    const written = await readdir(join(folder, 'here'));
    expect(written.sort()).toEqual(['report.html', 'report.md', 'samples.csv', 'summary.csv']);
    expect(context.out()).toContain('process');
    expect(context.err()).toContain(join(folder, 'here', 'report.html'));
  });

  it('prints the table also where a report cannot be written, and says which one and why', async () => {
    const inTheWay: RunScenario = async (scenario, suiteOptions, suiteContext) => {
      // The report of that name cannot be put there any more.
      await mkdir(join(suiteOptions.folder, 'report.md', 'x'), { recursive: true });
      return runScenario.run(scenario, suiteOptions, suiteContext);
    };
    const failed = runCommand(options({ out: 'here' }), context, inTheWay);
    await expect(failed).rejects.toThrow(/here\/report\.md cannot be written: .*\n {2}the record is whole/s);
    expect(context.out()).toContain('process');
    const others = await readdir(join(folder, 'here'));
    expect(others.sort()).toEqual(['report.html', 'report.md', 'samples.csv', 'summary.csv']);
  });

  it('prints nothing but the record with --json', async () => {
    await run({ json: true });
    expect(JSON.parse(context.out())).toEqual(record);
  });

  it('prints the plan with --dry-run and makes nothing', async () => {
    expect(await run({ dryRun: true, seed: 1 })).toBe(0);
    expect(context.out()).toMatch(/scenario tiny.*seed 1/);
    expect(await readdir(folder)).toEqual([]);
    expect(runScenario.asked).toEqual([]);
  });

  it('never writes into a folder that holds something', async () => {
    await writeFile(join(folder, 'precious'), '');
    await expect(run({ out: '.' })).rejects.toMatchObject({ exitCode: 2 });
    expect(await readdir(folder)).not.toContain('report.html');
  });

  it('gives two runs of the same second folders of their own', async () => {
    await Promise.all([run({}), run({}), run({})]);
    const folders = runScenario.asked.map((asked) => asked.folder);
    expect(new Set(folders).size).toBe(3);
  });

  it('finds a report path that cannot be written before anything runs', async () => {
    await writeFile(join(folder, 'file'), '');
    await expect(run({ reporter: ['html=file/page.html'] })).rejects.toMatchObject({ exitCode: 2 });
    expect(runScenario.asked).toEqual([]);
  });

  it('runs the other scenarios when one cannot run here, and says so with its exit code', async () => {
    const unfitFirst: RunScenario = (scenario, suiteOptions, suiteContext) => {
      if (scenario.name === 'tomcat') throw new TareError('no platform is left', exitCodes.unfit);
      return runScenario.run(scenario, suiteOptions, suiteContext);
    };
    const code = await runCommand(options({ scenarios: ['tomcat', 'tiny'] }), context, unfitFirst);
    expect(code).toBe(3);
    expect(runScenario.asked.map((asked) => asked.scenario.name)).toEqual(['tiny']);
    expect(context.logged).toContain('warn: tomcat: no platform is left');
  });

  it.each([
    [{ scenarios: ['tiny', 'tomcat'], json: true as const }, /with several scenarios/],
    [{ scenarios: ['tiny', 'tiny'] }, /named twice/],
    [{ resume: 'last', hasChoices: true }, /--resume continues a run with its own settings/],
    [{ scenarios: ['tinny'] }, /did you mean "tiny"/],
  ])('refuses %j', async (changes, message) => {
    await expect(run(changes)).rejects.toThrow(message);
    expect(runScenario.asked).toEqual([]);
  });

  it('tells how to go on when it was interrupted', async () => {
    const controller = new AbortController();
    context = testContext(folder, controller.signal);
    const interrupted: RunScenario = (scenario, suiteOptions, suiteContext) => {
      controller.abort('SIGINT');
      return runScenario.run(scenario, suiteOptions, suiteContext);
    };
    await expect(runCommand(options({ out: 'x' }), context, interrupted)).rejects.toBe('SIGINT');
    expect(context.err()).toContain(`tare run --resume ${join(folder, 'x')}`);
    expect(await readFile(join(folder, 'x', 'report.md'), 'utf8')).toContain('process');
  });
});

describe('tare build', () => {
  it('measures images and nothing else', async () => {
    await buildCommand({ scenarios: ['tiny'], platform: [], reporter: [] }, context, runScenario.run);
    const { image, ...others } = runScenario.asked[0]?.scenario.measures ?? {};
    expect(image).toEqual({});
    expect(new Set(Object.values(others))).toEqual(new Set([null]));
    expect(runScenario.asked[0]?.folder).toMatch(/-tiny-build$/);
  });
});
