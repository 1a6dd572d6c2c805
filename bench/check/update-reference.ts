/** Makes a run the reference: writes the file, and shows what changes by it. */
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { compareRuns } from '../analysis/compare-runs/compare-runs.ts';
import type { CommandContext } from '../environment/context.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import type { RunRecord } from '../record/schema.ts';
import { comparisonTerminal } from '../../reports/comparison-terminal.ts';
import { gatesOf } from './gates-of.ts';
import { findReference, referencePath } from './find-reference.ts';
import { formatReference, referenceOf } from './reference.ts';
import type { SelfTest } from './self-test-record.ts';

interface Update {
  record: RunRecord;
  selfTest: SelfTest | null;
  against: string | undefined;
}

/** @throws TareError (exit 2) where the run cannot be a reference for its own gates */
export async function updateReference(update: Update, context: CommandContext): Promise<void> {
  const { record, selfTest, against } = update;
  const path = await referencePath(against, record, context.cwd);
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
  const previous = there ? await findReference(path, record, context.cwd) : null;
  const reference = referenceOf(
    record,
    new Set(gated.map(({ metric }) => metric)),
    selfTest ?? previous?.selfTest ?? null,
  );
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, formatReference(reference));
  await rename(`${path}.new`, path);
  const { columns, colour } = context;
  if (previous === null) context.stdout.write(`new reference: ${path}\n`);
  else if (isSameRun(previous.record, record)) context.stdout.write(`the same run as before: ${path}\n`);
  else {
    const filter = { platforms: [], measures: [], force: true };
    const comparison = compareRuns(previous.record, [record], filter);
    context.stdout.write(comparisonTerminal(comparison, { columns: columns ?? 120, colour }));
    context.stdout.write(`reference renewed: ${path}\n`);
  }
}

function isSameRun(a: RunRecord, b: RunRecord): boolean {
  return a.run.id === b.run.id && a.run.startedAt === b.run.startedAt;
}
