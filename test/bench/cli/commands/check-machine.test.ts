/** A check of runs between which the machine itself has changed, as their canaries say. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCommand } from '../../../../bench/cli/commands/check.ts';
import { compareCommand } from '../../../../bench/cli/commands/compare.ts';
import type { RunRecord } from '../../../../bench/record/schema.ts';
import { gate, withGates } from '../../../fixtures/records/gated-record.ts';
import { otherRun } from '../../../fixtures/records/other-run.ts';
import {
  openCheckStage,
  reference,
  regression,
  type CheckStage,
} from '../../../support/check/check-stage.ts';
import { testContext } from '../../../support/context.ts';
import { startupNoise, times } from '../../../support/check/noise.ts';
import { seededRandom } from '../../../../bench/statistics/random.ts';

let stage: CheckStage;
beforeEach(async () => {
  stage = await openCheckStage();
});
afterEach(() => stage.remove());

const ratio = gate({ id: 'startup.ready runc/process', over: 'process', worseBy: 0.05 });
const gates = [regression, ratio];

function withCanary(record: RunRecord, factor: number, seed: number): RunRecord {
  const random = seededRandom(seed);
  const part = (): number => startupNoise(random, 5 * factor, 0.03);
  const samples = times(13, (block) => ({
    block,
    at: '2026-01-15T09:30:00.000Z',
    spawn: part(),
    spin: part(),
    memory: part(),
    roundTrip: part(),
    ...(block === 0 ? { excluded: 'warm-up block' } : {}),
  }));
  return { ...record, canary: { version: 1, samples } };
}

/** All times of the run are longer by the factor, and those of runc by another one on top. */
const slower = (machine: number, runc = 1): RunRecord =>
  withCanary(
    otherRun(reference, {
      factor: ({ unit, platform }) => (unit === 'ms' ? machine * (platform === 'runc' ? runc : 1) : 1),
    }),
    machine,
    2,
  );
const before = withCanary(reference, 1, 1);

describe('a check where the machine is slower than in the reference', () => {
  it('leaves gates on absolute times open, says by how much, and judges the ratio', async () => {
    const { code, gates: found, out } = await stage.check(slower(1.24), gates, {}, before);
    expect(found.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'pass']);
    expect(found[0]?.detail).toMatch(
      /^the machine was 2\d % slower \(canary: 95 % interval \+\d+ % to \+\d+ %\); gate on a ratio/,
    );
    expect(out).toMatch(/note: speed of the machine: .* 2\d % slower/);
    expect(code).toBe(0);
  });

  it('still finds a platform that became slower by itself, by its ratio', async () => {
    const { code, gates: found } = await stage.check(slower(1.24, 1.2), gates, {}, before);
    expect(found.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'fail']);
    expect(code).toBe(1);
  });

  it('fails as before where the machine has not moved, and where no canary tells', async () => {
    const equal = { ...slower(1, 1.12), canary: before.canary };
    expect((await stage.check(equal, [regression], {}, before)).gates[0]?.verdict).toBe('fail');
    expect((await stage.check(slower(1, 1.12), [regression], {}, reference)).gates[0]?.verdict).toBe('fail');
  });

  it('has a finding in its reports, and leaves the record alone', async () => {
    await stage.store(withGates(before, gates));
    const folder = await stage.store(withGates(slower(1.24), gates));
    const context = testContext(stage.folder);
    const asked = { run: slower(1.24).run.id, against: before.run.id, reporter: [], json: true as const };
    await checkCommand(asked, context);
    const { fairness } = JSON.parse(context.out()) as RunRecord;
    expect(fairness).toContainEqual(
      expect.objectContaining({ code: 'machine-speed', level: 'warn', platforms: ['process', 'runc'] }),
    );
    const kept = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as RunRecord;
    expect(kept.fairness.map(({ code }) => code)).not.toContain('machine-speed');
  });

  it('knows it from a reference file, too, and reads one without a canary as ever', async () => {
    await stage.store(withGates(before, gates));
    const file = join(stage.folder, 'ref.json');
    const update = { run: before.run.id, update: true as const, against: 'ref.json', reporter: [] };
    await checkCommand(update, testContext(stage.folder));
    const direct = await stage.check(slower(1.24), gates, {}, before);
    const fromFile = await stage.check(slower(1.24), gates, { against: 'ref.json' }, before);
    expect(fromFile.gates).toEqual(direct.gates);
    const { canary, ...old } = JSON.parse(await readFile(file, 'utf8')) as {
      canary?: { samples: unknown[] };
    };
    expect(canary?.samples).toHaveLength(12);
    await writeFile(file, JSON.stringify(old));
    const without = await stage.check(slower(1.24), gates, { against: 'ref.json' }, before);
    expect(without.gates.map(({ verdict }) => verdict)).toEqual(['fail', 'pass']);
  });

  it('is said by a comparison of the runs', async () => {
    await stage.store(before);
    await stage.store(slower(1.24));
    const context = testContext(stage.folder);
    const runs = [before.run.id, slower(1.24).run.id];
    await compareCommand({ runs, platform: [], measure: [], hasChoices: false, reporter: [] }, context);
    expect(context.out()).toMatch(/speed of the machine: .* 2\d % slower/);
  });
});
