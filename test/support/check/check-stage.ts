/** Runs stored in a folder and checked against each other, through the command. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkCommand, type CheckOptions } from '../../../bench/cli/commands/check.ts';
import type { RecordedGate, RecordedResult, RunRecord } from '../../../bench/record/schema.ts';
import type { ResolvedGate } from '../../../scenarios/resolved.ts';
import { gate, withGates } from '../../fixtures/records/gated-record.ts';
import { makeRecord, processShape, runcShape } from '../../fixtures/records/make-record.ts';
import { otherRun, withValues } from '../../fixtures/records/other-run.ts';
import { testContext } from '../context.ts';

export const regression = gate({ worseBy: 0.05 });
export const reference = withGates(makeRecord({ samples: 12, platforms: [processShape, runcShape] }), [
  regression,
]);

export interface Checked {
  code: number;
  out: string;
  gates: RecordedGate[];
}

export interface CheckStage {
  folder: string;
  /** @returns the run's folder */
  store(record: RunRecord): Promise<string>;
  /** Stores both and checks the run against the reference, with the given gates. */
  check(
    run: RunRecord,
    gates?: readonly ResolvedGate[],
    options?: Partial<CheckOptions>,
    against?: RunRecord,
  ): Promise<Checked>;
  remove(): Promise<void>;
}

export async function openCheckStage(): Promise<CheckStage> {
  const folder = await mkdtemp(join(tmpdir(), 'tare-check-'));
  const runs = join(folder, '.tare', 'runs');
  const store = async (record: RunRecord): Promise<string> => {
    const path = join(runs, record.run.id);
    await mkdir(path, { recursive: true });
    await writeFile(join(path, 'run.json'), JSON.stringify(record));
    return path;
  };
  return {
    folder,
    store,
    async check(run, gates = [regression], options = {}, against = reference) {
      await store(withGates(against, gates));
      await store(withGates(run, gates));
      const asked = { run: run.run.id, against: against.run.id, reporter: [], ...options };
      const context = testContext(folder);
      const code = await checkCommand(asked, context);
      const again = testContext(folder);
      await checkCommand({ ...asked, json: true }, again);
      return { code, out: context.out(), gates: (JSON.parse(again.out()) as RunRecord).gates };
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Another run of the reference, with one metric of runc changed. */
export const changed = (factor: number, metric = 'startup.ready'): RunRecord =>
  otherRun(reference, {
    factor: (result) => (result.platform === 'runc' && result.metric === metric ? factor : 1),
  });

/** The record with other values of runc's startup.ready, without a warm-up. */
export function having(record: RunRecord, values: readonly number[]): RunRecord {
  return {
    ...record,
    results: record.results.map((result: RecordedResult) =>
      result.platform === 'runc' && result.metric === 'startup.ready'
        ? withValues({ ...result, samples: [] }, values)
        : result,
    ),
  };
}
