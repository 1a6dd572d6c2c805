/** The gates of a record: they were resolved when it was run, and are part of its scenario. */
import { z } from 'zod';
import { gateLevels } from '../../scenarios/schema/allowed-words.ts';
import type { ResolvedGate } from '../../scenarios/resolved.ts';
import { didYouMean } from '../../scenarios/loader/suggest.ts';
import { exitCodes, TareError } from '../environment/errors.ts';
import type { RunRecord } from '../record/schema.ts';

const bound = z.number().nullable().default(null);
const gatesSchema = z.array(
  z.strictObject({
    id: z.string(),
    metric: z.string(),
    lens: z.string().nullable(),
    platform: z.string(),
    over: z.string().nullable(),
    max: bound,
    min: bound,
    worseBy: bound,
    level: z.enum(gateLevels),
  }),
);

/** @throws TareError (exit 2) where there is no gate, or one that cannot mean anything in this record */
export function gatesOf(record: RunRecord): ResolvedGate[] {
  const { gates: written } = record.run.scenario;
  const parsed = gatesSchema.safeParse(written ?? []);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue ? `${['gates', ...issue.path].join('.')}: ${issue.message}` : 'gates';
    throw new TareError(`${record.run.id}: its scenario was edited: ${where}`, exitCodes.usage);
  }
  const gates = parsed.data.filter(({ level }) => level !== 'off');
  if (gates.length === 0) {
    throw new TareError(
      `${record.run.id}: its scenario has no gates, so there is nothing to check; write them into the scenario, ` +
        'for instance - { metric: startup.ready, platform: runc, worse-by: 10% }',
      exitCodes.usage,
    );
  }
  const mistakes = gates.flatMap((gate) => mistakesOf(gate, record));
  if (mistakes.length > 0) throw new TareError(mistakes.join('\n'), exitCodes.usage);
  return gates;
}

/**
 * A lens or phase that nobody has is a typo, and a gate with one would say something about nothing. One that only the
 * judged platform lacks is missing there, and fails its gate.
 */
function mistakesOf({ id, metric, lens, platform, over }: ResolvedGate, record: RunRecord): string[] {
  const ids = record.platforms.map((each) => each.id);
  const mistakes = [platform, over]
    .filter((each) => each !== null && !ids.includes(each))
    .map((each) => `gate ${id}: unknown platform "${each ?? ''}"${didYouMean(each ?? '', ids)}`);
  const family = metric.split('.')[0] ?? '';
  const relatives = record.results.filter((result) => result.metric.split('.')[0] === family);
  // Where nothing of the kind was measured at all, it is missing, and not misspelt.
  if (relatives.length === 0) return mistakes;
  const metrics = [...new Set(relatives.map((result) => result.metric))];
  if (!metrics.includes(metric)) {
    return [...mistakes, `gate ${id}: no platform has a metric "${metric}"${didYouMean(metric, metrics)}`];
  }
  const lenses = relatives
    .filter((result) => result.metric === metric)
    .flatMap((result) => result.lens ?? []);
  if (lens !== null && !lenses.includes(lens)) {
    mistakes.push(`gate ${id}: ${metric} has no lens "${lens}"${didYouMean(lens, [...new Set(lenses)])}`);
  }
  return mistakes;
}
