/** A stored run as far as a history looks at it: its figures' summaries and what tells its series from others. */
import { hostLine, pageCacheOf } from '../record/facts.ts';
import { z } from 'zod';
import { checkReference, isReference } from './find-reference.ts';
import { hostClass } from './host-class.ts';
import { recordOf, scenarioName } from './reference.ts';
import { checkRecord, readJson } from './read-record.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import type { StoredRun } from '../record/history.ts';
import { recordSchema } from '../record/schema.ts';

const { run, host, lab, workload, platforms, results } = recordSchema.shape;
const { id, startedAt, commit, scenario } = run.shape;
const figure = results.element.pick({
  platform: true,
  title: true,
  metric: true,
  lens: true,
  unit: true,
  better: true,
  condition: true,
  isPart: true,
  isExact: true,
  isSingle: true,
  summary: true,
});

/** Checking every sample of a thousand runs would take longer than reading them. */
const partSchema = z.object({
  run: z.object({ id, startedAt, commit, scenario }),
  host,
  lab,
  workload: z.object({ name: workload.shape.name }),
  platforms: z.array(z.object({ id: platforms.element.shape.id, accel: platforms.element.shape.accel })),
  results: z.array(z.object(figure.shape)),
});

/** @throws TareError (exit 2) where the file is neither a record nor a reference file */
export async function readStored(path: string): Promise<StoredRun> {
  const content = await readJson(path);
  const part = isReference(content)
    ? recordOf(checkReference(content, path))
    : checkRecord(content, partSchema, path);
  if (Number.isNaN(Date.parse(part.run.startedAt))) {
    throw new TareError(
      `${path}: run.startedAt is not a time: ${JSON.stringify(part.run.startedAt)}`,
      exitCodes.usage,
    );
  }
  const accels = new Map(part.platforms.map((each) => [each.id, each.accel]));
  // Starts from a cold page cache are another series, as in the formats for other programs.
  const state = pageCacheOf(part);
  const cache = state === null || state === 'warm' ? {} : { 'page-cache': state };
  return {
    id: part.run.id,
    startedAt: part.run.startedAt,
    commit: part.run.commit ?? null,
    scenario: scenarioName(part),
    hostClass: hostClass(part),
    host: hostLine(part),
    figures: part.results.map((result) => ({
      platform: result.platform,
      accel: accels.get(result.platform) ?? 'none',
      metric: result.metric,
      ...(result.lens === undefined ? {} : { lens: result.lens }),
      condition: { ...result.condition, ...cache },
      unit: result.unit,
      better: result.better,
      summary: result.summary,
    })),
  };
}
