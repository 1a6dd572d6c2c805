/** Makes a run the reference: writes the file, and finds what changes by it. */
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compareRuns } from '../analysis/compare-runs/compare-runs.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import type { RunComparison } from '../record/comparison.ts';
import type { RunRecord } from '../record/schema.ts';
import { gatesOf } from './gates-of.ts';
import { findReference, referencePath } from '../store/find-reference.ts';
import { formatReference, referenceOf } from '../store/reference.ts';
import { writeWhole } from '../environment/write-whole.ts';
import type { SelfTest } from '../store/self-test-record.ts';

interface Update {
  record: RunRecord;
  selfTest: SelfTest | null;
  against: string | undefined;
}

export interface UpdatedReference {
  path: string;
  /** `new` where there was none, `same` where it was of this very run. */
  was: 'new' | 'same' | 'older';
  /** What changes; null unless an older one was there. */
  comparison: RunComparison | null;
}

/** @throws TareError (exit 2) where the run cannot be a reference for its own gates */
export async function updateReference(update: Update, cwd: string): Promise<UpdatedReference> {
  const { record, selfTest, against } = update;
  const path = await referencePath(against, record, cwd);
  if (path === null) {
    throw new TareError(
      `--update writes a reference file: ${against ?? ''} is a run; name a file that ends in .json, or a folder`,
      exitCodes.usage,
    );
  }
  const gated = gatesOf(record).filter(({ worseBy }) => worseBy !== null);
  for (const { id, metric, platform, over } of gated) {
    const lacks = [platform, over].find(
      (each) =>
        each !== null &&
        !record.results.some(
          (result) => result.platform === each && result.metric === metric && result.summary.n > 0,
        ),
    );
    if (lacks === undefined) continue;
    throw new TareError(
      `${record.run.id} cannot be the reference: gate ${id} needs ${metric} of ${lacks ?? ''}, and it has no sample of it`,
      exitCodes.usage,
    );
  }
  const there = await stat(path).catch(() => null);
  // A self-test of before stays: it is about the machine and the scenario, which are the same.
  const previous = there ? await findReference(path, record, cwd) : null;
  const reference = referenceOf(
    record,
    new Set(gated.map(({ metric }) => metric)),
    selfTest ?? previous?.selfTest ?? null,
  );
  await mkdir(dirname(path), { recursive: true });
  await writeWhole(path, formatReference(reference));
  if (previous === null) return { path, was: 'new', comparison: null };
  if (isSameRun(previous.record, record)) return { path, was: 'same', comparison: null };
  const filter = { platforms: [], measures: [], force: true };
  return { path, was: 'older', comparison: compareRuns(previous.record, [record], filter) };
}

function isSameRun(a: RunRecord, b: RunRecord): boolean {
  return a.run.id === b.run.id && a.run.startedAt === b.run.startedAt;
}
