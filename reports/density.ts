/** How many instances fit, in words and rows: what every format says of a record's density. */
import { isOpenEnd, type RecordedDensity } from '../bench/record/density.ts';
import type { RecordedPlatform, RunRecord } from '../bench/record/schema.ts';
import { digits, figure, range } from '../bench/record/figures.ts';
import { baselineOf, forbiddingFinding, ranPlatforms } from '../bench/record/queries.ts';
import { lensName, platformName } from './wording.ts';

export interface DensityRow {
  platform: RecordedPlatform;
  density: RecordedDensity;
  /** Texts of the row; a dash where the record has nothing. */
  texts: {
    instances: string;
    ratio: string;
    limit: string;
    /** Memory per further instance, with its interval where it has one. */
    further: string;
    furtherInterval: string;
    p99: string;
    minimum: string;
  };
}

export interface DensityHeadline {
  /** Id of the platform that the others are expressed against: the first VM, else the baseline platform. */
  against: string | null;
  /** `2.00 GiB of memory and 2 CPUs`. */
  budget: string;
  /** Whether the smallest memory was looked for. */
  hasMinimum: boolean;
  rows: DensityRow[];
}

/** The lens of the headline: what the kernel cannot take back from the instances. */
const headlineLens = 'workingset';

/** Null where the record has no density. */
export function densityOf(record: RunRecord): DensityHeadline | null {
  const platforms = ranPlatforms(record);
  const entries = record.density.flatMap((density) => {
    const platform = platforms.find(({ id }) => id === density.platform);
    return platform ? [{ platform, density }] : [];
  });
  const [first] = entries;
  if (!first) return null;
  const vm = entries.find(({ platform, density }) => platform.kind === 'vm' && (density.instances ?? 0) > 0);
  const against = vm ?? entries.find(({ platform }) => platform.id === baselineOf(record));
  return {
    against: against?.platform.id ?? null,
    budget: budgetText(first.density),
    hasMinimum: entries.some(({ density }) => density.minimumMemory !== null),
    rows: entries.map(({ platform, density }) => {
      const slope = slopeOf(density, headlineLens);
      const interval = range(slope?.ciLow ?? null, slope?.ciHigh ?? null, 'bytes');
      return {
        platform,
        density,
        texts: {
          instances: instancesText(density),
          ratio: against ? ratioText(record, density, against.density) : '–',
          limit: limitText(density),
          further: figure(slope?.bytesPerInstance, 'bytes'),
          furtherInterval: interval === '–' ? '' : interval,
          p99: figure(density.held?.load.p99Ms, 'ms'),
          minimum: minimumText(density),
        },
      };
    }),
  };
}

/** Whether nothing else was measured, so that the density is the headline. */
export function isOnlyDensity(record: RunRecord): boolean {
  return record.density.length > 0 && record.results.every(({ measure }) => measure === 'density');
}

/** The result in one sentence, for two platforms or twenty. */
export function densitySentence(record: RunRecord): string {
  const headline = densityOf(record);
  const held = (headline?.rows ?? [])
    .filter(({ density }) => density.instances !== null)
    .sort((a, b) => (b.density.instances ?? 0) - (a.density.instances ?? 0));
  const [first, last] = [held[0], held.at(-1)];
  const what = record.workload.name;
  if (!headline || !first || !last) return `No platform held an instance of ${what}.`;
  const told = held.length <= 4 ? held : [first, last];
  const parts = told.map(({ platform, density, texts }) => {
    const times = density.instances === 1 ? 'once' : `${texts.instances} times`;
    return `${times} on ${platformName(platform)}`;
  });
  const joined = new Intl.ListFormat('en-GB', { type: 'conjunction' }).format(parts);
  const beside = held.length <= 4 ? '' : `; ${held.length - 2} more platforms lie between`;
  return `A server with ${headline.budget} holds ${what} ${joined}${beside}.`;
}

/** `stopped at 13: out of memory: the kernel killed …`; what stopped it, or that nothing did. */
export function limitSentence({ density, texts }: DensityRow): string {
  const { limit, instances } = density;
  if (instances === null) return 'was cut off before anything was held';
  if (!limit) return `held ${instances}; nothing was tried beyond`;
  return `held ${instances}${mergingText(density)}, stopped at ${limit.n}: ${texts.limit}: ${limit.detail.replace(unitSpace, '$1\u00a0')}`;
}

/** A number stays with its unit. */
const unitSpace = /(\d) (?=%|[KMG]iB\b|m?s\b)/g;

/** Where same-page merging was a condition: what it saved, and what that cost. */
function mergingText({ conditions: { ksm, ksmSavedBytes, ksmCpuMs } }: RecordedDensity): string {
  if (typeof ksm !== 'string' || typeof ksmSavedBytes !== 'number' || typeof ksmCpuMs !== 'number') return '';
  return ` with same-page merging ${ksm} (it saved ${figure(ksmSavedBytes, 'bytes')} for ${figure(ksmCpuMs, 'ms')} of CPU time)`;
}

/** `about 26 (24–29) in 4.00 GiB`: not measured, and said so by whoever shows it. */
export function extrapolationText({ budgetBytes, instances, low, high }: Extrapolation): string {
  const interval = low === null ? '' : ` (${low}${high === null ? ' or more' : `–${high}`})`;
  return `about ${instances}${interval} in ${figure(budgetBytes, 'bytes')}`;
}

type Extrapolation = RecordedDensity['extrapolation'][number];

/** What stopped it, in two or three words. */
export function limitName(by: NonNullable<RecordedDensity['limit']>['by']): string {
  return limitNames[by];
}

/** A lens of memory as the ramp sums it up over all instances. */
export function densityLensName(lens: string): string {
  return lens === 'cgroup' ? 'cgroup, with page cache' : lensName(lens);
}

function slopeOf(density: RecordedDensity, lens: string): RecordedDensity['slope'][number] | undefined {
  return density.slope.find((slope) => slope.lens === lens);
}

const limitNames: Record<NonNullable<RecordedDensity['limit']>['by'], string> = {
  'out-of-memory': 'out of memory',
  'instance-died': 'an instance died',
  'start-failed': 'a start failed',
  'kernel-limit': 'a limit of the kernel',
  'not-ready': 'not ready in time',
  slo: 'objective missed',
  pressure: 'memory pressure',
  startup: 'startup too slow',
  disk: 'disk full',
  cap: 'the cap',
  time: 'the time limit',
};

function isOpen({ limit }: RecordedDensity): boolean {
  return limit !== null && isOpenEnd(limit.by);
}

function budgetText({ budget }: RecordedDensity): string {
  const disk = budget.diskBytes === null ? '' : `, ${figure(budget.diskBytes, 'bytes')} of disk`;
  const cpus = `${budget.cpus} ${budget.cpus === 1 ? 'CPU' : 'CPUs'}`;
  return `${figure(budget.memoryBytes, 'bytes')} of memory${disk} and ${cpus}`;
}

function instancesText(density: RecordedDensity): string {
  if (density.instances === null) return '–';
  return `${isOpen(density) ? '≥ ' : ''}${density.instances}`;
}

function ratioText(record: RunRecord, density: RecordedDensity, against: RecordedDensity): string {
  if (density.platform === against.platform) return 'baseline';
  if (forbiddingFinding(record, density.platform, against.platform)) return 'unfair';
  if (density.instances === null || !against.instances) return '–';
  if (isOpen(density) && isOpen(against)) return '–';
  const sign = isOpen(density) ? '≥ ' : isOpen(against) ? '≤ ' : '';
  return `${sign}${digits(density.instances / against.instances)}×`;
}

function limitText({ limit, instances }: RecordedDensity): string {
  if (limit) return limitNames[limit.by];
  return instances === null ? 'cut off' : '–';
}

function minimumText({ minimumMemory }: RecordedDensity): string {
  if (!minimumMemory) return '–';
  const { bytes, refusedBytes } = minimumMemory;
  if (bytes === null) return `more than ${figure(refusedBytes, 'bytes')}`;
  return `${refusedBytes === null ? '≤ ' : ''}${figure(bytes, 'bytes')}`;
}
