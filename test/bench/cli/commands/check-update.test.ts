import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkCommand, type CheckOptions } from '../../../../bench/cli/commands/check.ts';
import { withGates } from '../../../fixtures/records/gated-record.ts';
import {
  changed,
  having,
  openCheckStage,
  reference,
  regression,
  type CheckStage,
} from '../../../support/check/check-stage.ts';
import { testContext } from '../../../support/context.ts';

let stage: CheckStage;
beforeEach(async () => {
  stage = await openCheckStage();
});
afterEach(() => stage.remove());

describe('tare check --update', () => {
  const run = withGates(changed(1), [regression]);

  it('writes a small file for the class of machine, which later checks find by themselves', async () => {
    await stage.store(reference);
    const first = testContext(stage.folder);
    expect(await checkCommand({ run: reference.run.id, update: true, reporter: [] }, first)).toBe(0);
    expect(first.out()).toMatch(/^new reference: .*tare-references\/tomcat\.intel-r?-?xeon.*-2cpu-kvm\.json/);
    const [name] = await readdir(join(stage.folder, 'tare-references'));
    const text = await readFile(join(stage.folder, 'tare-references', name ?? ''), 'utf8');
    // A line for each figure, so that a diff shows which one has changed.
    expect(text.split('\n').filter((line) => line.includes('"values"')).length).toBeGreaterThan(10);
    expect(text).not.toContain('startup.phase');
    await stage.store(run);
    const later = testContext(stage.folder);
    expect(await checkCommand({ run: 'last', reporter: [] }, later)).toBe(0);
    expect(later.out()).toContain(`${run.run.id} against ${reference.run.id}, the reference`);
  });

  it('gives the same verdict and the same words as the run that it was made from', async () => {
    const direct = await stage.check(changed(1.12));
    await checkCommand(
      { run: reference.run.id, update: true, against: 'ref.json', reporter: [] },
      testContext(stage.folder),
    );
    const fromFile = await stage.check(changed(1.12), [regression], { against: 'ref.json' });
    expect(fromFile.gates).toEqual(direct.gates);
  });

  it('shows what changes when it renews one', async () => {
    await stage.store(reference);
    await checkCommand(
      { run: reference.run.id, update: true, against: 'ref.json', reporter: [] },
      testContext(stage.folder),
    );
    await stage.store(withGates(changed(1.12), [regression]));
    const context = testContext(stage.folder);
    await checkCommand({ run: 'last', update: true, against: 'ref.json', reporter: [] }, context);
    expect(context.out()).toMatch(/runc: startup\.ready is 1[12] % slower/);
    expect(context.out()).toContain('reference renewed: ');
  });

  it('refuses a run as the place, a run that lacks what its gates need, and files of another version', async () => {
    await stage.store(reference);
    await stage.store(run);
    const refuses = async (options: Partial<CheckOptions>, message: RegExp): Promise<void> => {
      await expect(
        checkCommand({ run: 'last', reporter: [], ...options }, testContext(stage.folder)),
      ).rejects.toMatchObject({
        exitCode: 2,
        message: expect.stringMatching(message) as string,
      });
    };
    await refuses({ update: true, against: reference.run.id }, /is a run; name a file/);
    await checkCommand(
      { run: 'last', update: true, against: 'ref.json', reporter: [] },
      testContext(stage.folder),
    );
    const text = await readFile(join(stage.folder, 'ref.json'), 'utf8');
    await writeFile(
      join(stage.folder, 'ref.json'),
      text.replace('"referenceVersion": 1', '"referenceVersion": 9'),
    );
    await refuses({ against: 'ref.json' }, /referenceVersion 9, and this version of tare reads 1/);
    await writeFile(join(stage.folder, 'ref.json'), text.replace(/"values":\[[^\]]*\]/, '"values":[]'));
    await refuses({ against: 'ref.json' }, /not a whole reference:\n {2}figures\.0\.values/);
    await writeFile(join(stage.folder, 'ref.json'), text.slice(0, -200));
    await refuses({ against: 'ref.json' }, /this is not JSON/);
    await mkdir(join(stage.folder, 'others'));
    await refuses({ against: 'others' }, /no reference of this scenario and class of machine/);
    await refuses(
      { against: 'nowhere' },
      /--against nowhere: there is no such reference file, no such folder of them, and no run `nowhere`/,
    );
    await stage.store(having(run, []));
    await refuses(
      { update: true },
      /cannot be the reference: gate startup\.ready runc needs startup\.ready of runc/,
    );
  });
});
