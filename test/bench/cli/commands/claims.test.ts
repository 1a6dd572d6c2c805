import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { claimsCommand, type ClaimsOptions } from '../../../../bench/cli/commands/claims.ts';
import { suites } from '../../../../bench/claims/suites.ts';
import { TareError } from '../../../../bench/environment/errors.ts';
import { claimsSchema } from '../../../../bench/record/claims/schema.ts';
import type { RunScenario } from '../../../../bench/run/run.ts';
import { makeRecord } from '../../../fixtures/records/make-record.ts';
import { testContext, type TestContext } from '../../../support/context.ts';

let folder: string;
let context: TestContext;
let asked: string[];
const record = { ...makeRecord(), failures: [], gates: [] };

/** Stands in for the suite of measures, which needs root and real platforms: leaves a record. */
const leaveRecord: RunScenario = async (scenario, options) => {
  asked.push(`${scenario.name} ${scenario.platforms.map(({ id }) => id).join(',')}`);
  const own = { ...record, run: { ...record.run, id: options.folder.split('/').at(-1) ?? '' } };
  await mkdir(options.folder, { recursive: true });
  await writeFile(join(options.folder, 'run.json'), JSON.stringify(own));
  return own;
};
const claims = (changes: Partial<ClaimsOptions>, runScenario: RunScenario = leaveRecord): Promise<number> =>
  claimsCommand({ names: [], lang: 'en', reporter: [], ...changes }, context, runScenario);

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-claims-'));
  context = testContext(folder);
  asked = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

describe('tare claims', () => {
  it('runs the steps of a suite, each into a folder of its own, and writes the report', async () => {
    expect(await claims({ quick: true, out: 'out' })).toBe(0);
    expect(asked).toHaveLength(suites.quick.length);
    expect(asked[0]).toBe('tiny process,runc');
    const files = await readdir(join(folder, 'out'));
    expect(files.sort()).toEqual(
      ['claims.html', 'claims.json', 'claims.md', ...suites.quick.map(({ name }) => name)].sort(),
    );
    expect(await readdir(join(folder, 'out', suites.quick[0]?.name ?? ''))).toContain('report.html');
    expect(context.out()).toContain('1. A VM starts in minutes, a container in seconds.');
  });

  it('runs one workload of the overhead scenario per step, and no emulated VM', async () => {
    await claims({ names: ['full'] });
    const overhead = asked.filter((line) => line.startsWith('overhead-'));
    expect(overhead).toHaveLength(11);
    // A machine with KVM has the VM, too.
    for (const line of overhead) expect(line).toMatch(/^overhead-micro-[a-z-]+ process,runc,docker(,vm)?$/);
  });

  it('says a verdict as soon as its run is over, and the time left throughout', async () => {
    await claims({ quick: true });
    expect(context.err()).toMatch(/^✓ 13\. |^◐ 1\. /m);
    const steps = await claimsLog();
    expect(steps.every((line) => /about \d+ min left in all: /.test(line))).toBe(true);
  });

  it('does not run again what is there, and goes on with what was cut off', async () => {
    await claims({ quick: true, out: 'out' });
    const second = join(folder, 'out', suites.quick[1]?.name ?? '', 'run.json');
    await writeFile(second, JSON.stringify({ ...record, run: { ...record.run, status: 'partial' } }));
    asked = [];
    await claims({ names: ['quick'], out: 'out' });
    expect(asked).toHaveLength(1);
  });

  it('goes on after a step that this machine cannot do', async () => {
    let calls = 0;
    const fails: RunScenario = (...args) => {
      calls += 1;
      if (calls === 1) throw new TareError('no memory for it', 3);
      return leaveRecord(...args);
    };
    expect(await claims({ quick: true }, fails)).toBe(3);
    expect(calls).toBe(suites.quick.length);
    expect(context.logged.join('\n')).toContain(`warn: ${suites.quick[0]?.name ?? ''}: no memory for it`);
  });

  it('judges runs that are there, and renders a folder of runs again', async () => {
    await claims({ quick: true, out: 'out' });
    const html = await readFile(join(folder, 'out', 'claims.html'), 'utf8');
    await rm(join(folder, 'out', 'claims.html'));
    context = testContext(folder);
    expect(await claims({ names: ['out'], json: true })).toBe(0);
    const report = claimsSchema.parse(JSON.parse(context.out()));
    expect(report.runs.map((run) => run.folder).sort()).toEqual(suites.quick.map(({ name }) => name).sort());
    expect(await readFile(join(folder, 'out', 'claims.html'), 'utf8')).toBe(html);
    context = testContext(folder);
    const one = join('out', suites.quick[0]?.name ?? '');
    await claims({ names: [one], json: true, lang: 'ko' });
    const korean = claimsSchema.parse(JSON.parse(context.out()));
    expect(korean.runs).toHaveLength(1);
    expect(korean.claims[1]?.claim).toBe('컨테이너는 종료도 빠르다.');
    await claims({ names: [one], out: 'elsewhere' });
    expect(await readFile(join(folder, 'elsewhere', 'claims.html'), 'utf8')).toContain('Fifteen claims');
  });

  it.each([
    [{ names: ['quick', 'full'] }, 'stands alone'],
    [{ names: ['out'], quick: true as const }, '--quick is a suite of its own'],
    [{ names: ['nowhere'] }, 'no run `nowhere`'],
    [{ quick: true as const, reporter: ['pdf'] }, 'unknown reporter "pdf"'],
    [{ quick: true as const, out: '/dev/null' }, 'the report /dev/null/claims.html cannot be written'],
  ])('refuses %j', async (changes, message) => {
    await expect(claims(changes)).rejects.toThrow(message);
    expect(asked).toEqual([]);
  });
});

/** What the steps of a suite said while they ran. */
async function claimsLog(): Promise<string[]> {
  const says: RunScenario = (scenario, options, own) => {
    own.log.progress('working');
    return leaveRecord(scenario, options, own);
  };
  context = testContext(folder);
  await claims({ quick: true, out: 'again' }, says);
  return context.logged.filter((line) => line.endsWith('working'));
}
