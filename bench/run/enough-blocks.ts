/** With `samples: { min, max, until }`: after the first blocks it is decided how many each platform takes. */
import type { StoppingRule } from '../../scenarios/measures/samples.ts';
import type { RecordedSampling } from '../record/sampling.ts';
import { medianInterval } from '../statistics/median-interval.ts';
import { ascending, quantile } from '../statistics/quantile.ts';
import { ratioOfMedians } from '../statistics/ratio.ts';
import { sampleSize } from '../statistics/sample-size.ts';
import type { JournalEvent } from './journal/journal.ts';
import type { Run } from './run.ts';

/** Last block of each platform by its id; null where there is no rule, or it is too early. The first call that can decides. */
export async function enoughBlocks(
  { scenario, options, journal, context }: Run,
  block: number,
): Promise<ReadonlyMap<string, number> | null> {
  const { startup } = scenario.measures;
  // Runs that older versions began have no rule.
  const rule = startup?.stopping ?? null;
  if (startup === null || rule === null || block <= rule.min) return null;
  const decided = journal.events.findLast((event) => event.type === 'sampling');
  if (decided) return blocksOf(decided.sampling);
  const sampling = decideSampling(journal.events, {
    platforms: scenario.platforms.map(({ id }) => id),
    baseline: scenario.baseline,
    rule,
    most: startup.samples,
    seed: options.seed,
  });
  await journal.write({ type: 'sampling', sampling });
  for (const { platform, planned, why } of sampling) {
    context.log.progress(`${platform}: ${planned} samples (${why})`);
  }
  return blocksOf(sampling);
}

interface Subject {
  /** Ids. */
  platforms: readonly string[];
  baseline: string;
  rule: StoppingRule;
  most: number;
  seed: number;
}

/** A function of the journal and the seed alone, so that a resumed run decides alike. */
export function decideSampling(
  events: readonly JournalEvent[],
  { platforms, baseline, rule, most, seed }: Subject,
): RecordedSampling {
  const first = rule.min;
  const valuesOf = (id: string): number[] =>
    events.flatMap((event) =>
      event.type === 'sample' &&
      event.platform === id &&
      event.metric === 'startup.ready' &&
      event.sample.excluded === undefined &&
      event.sample.block <= first
        ? [event.sample.value]
        : [],
    );
  const against = valuesOf(baseline);
  const others = platforms.filter((id) => id !== baseline);
  const decide = (platform: string, width: number | null): RecordedSampling[number] => {
    const planned = sampleSize({ first, most, width, until: rule.until });
    return { platform, planned, width, why: reason({ planned, width, first, most, until: rule.until }) };
  };
  const decided = others.map((id) => {
    const { ratio, ciLow, ciHigh } = ratioOfMedians(valuesOf(id), against, seed);
    return decide(id, ciLow === null || ciHigh === null ? null : (ciHigh - ciLow) / 2 / ratio);
  });
  if (decided.length === 0) return [decide(baseline, ownWidth(against))];
  // Every ratio needs it.
  const planned = Math.max(...decided.map((each) => each.planned));
  const base = {
    platform: baseline,
    planned,
    width: null,
    why: 'the baseline: as many as the most of the others',
  };
  return platforms.flatMap((id) =>
    id === baseline ? [base] : decided.filter(({ platform }) => platform === id),
  );
}

/** Of the median, where there is nothing to compare with. */
function ownWidth(values: readonly number[]): number | null {
  const interval = medianInterval(ascending(values));
  return interval && (interval.high - interval.low) / 2 / quantile(ascending(values), 0.5);
}

function reason({
  planned,
  width,
  first,
  most,
  until,
}: {
  planned: number;
  width: number | null;
  first: number;
  most: number;
  until: number;
}): string {
  const percent = (share: number): string => `±${Number((100 * share).toPrecision(2))} %`;
  if (width === null) return `no interval after ${first} samples: the most, ${most}`;
  const found = `${percent(width)} after ${first} samples`;
  if (planned === first) return `${found}, narrower than ${percent(until)}`;
  return planned === most
    ? `${found}: the most, ${most}, for ${percent(until)}`
    : `${found}: ${planned} for ${percent(until)}`;
}

function blocksOf(sampling: RecordedSampling): ReadonlyMap<string, number> {
  return new Map(sampling.map(({ platform, planned }) => [platform, planned]));
}
