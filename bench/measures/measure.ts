/** How a measure is taken: hooks of any of three kinds. Which measure has which is in the table of takers.ts. */
import type { Log } from '../../runners/machine/log.ts';
import type { Payload } from '../../runners/payload/payload.ts';
import type { Instance, PreparedPlatform, StopMode } from '../../runners/runner.ts';
import type { ResolvedPlatform, ResolvedScenario, ResolvedWorkload } from '../../scenarios/resolved.ts';
import type { Prober, Readiness } from '../prober/prober.ts';
import type { JournalEvent, ObservedFigure } from '../run/journal/journal.ts';
import type { RunResources } from '../run/resources.ts';
import type { Run } from '../run/run.ts';

export interface Measure<Options extends object> {
  /** In the life of single instances, each of which serves all such measures. */
  instance?: InstanceMeasure<Options>;
  /** Once for each prepared platform, before its first instance. */
  platform?: PlatformMeasure<Options>;
  /** With a platform for itself, after all samples: as many instances as it wants. */
  capacity?: CapacityMeasure<Options>;
  /** What `--dry-run` says of it beside the blocks. */
  planLines?(options: Options, scenario: ResolvedScenario): string[];
}

export interface InstanceMeasure<Options extends object> {
  /** How every start of the run is made, also of instances that this measure takes nothing from. */
  startConditions?: {
    /** Before anything watches. */
    prepare?(options: Options): Promise<void>;
    /** Keeps a state of the machine from the start command until ready. */
    during?<T>(options: Options, start: () => Promise<T>): Promise<T>;
  };
  /** Called for each instance that it takes figures from; what the hooks share is in their closure. */
  hooks(taking: Taking<Options>): InstanceHooks;
  /** How much longer an instance lives for it, for the estimate. */
  estimateMs?(options: Options): number;
}

/** In the order in which they are called. In each, measures follow each other in the order of the table. */
export interface InstanceHooks {
  /** Immediately before the prober is told to watch. */
  before?: () => Promise<void>;
  /** It has become ready just now; its marks are set. */
  ready?: (readiness: Readiness) => Promise<void>;
  /** It has done its work and ended well; its marks are set. Of a workload that ends by itself this is the only hook after `before`. */
  ended?: () => Promise<void>;
  /** It runs. The signal is aborted when it ends by itself, or with the run. */
  running?: (alive: AbortSignal) => Promise<void>;
  /** Right before the last look whether it lives: what it must know for its ending. */
  beforeEnding?: () => Promise<void>;
  /** Ends it, and is the only one that may. */
  ending?: () => Promise<void>;
}

export interface Taking<Options extends object> {
  options: Options;
  instance: Instance;
  platform: ResolvedPlatform;
  /** Id of the platform that the others are expressed against. */
  baseline: string;
  prepared: PreparedPlatform;
  workload: ResolvedWorkload;
  prober: Prober;
  /** How this instance is to be ended; both ways alternate from block to block. */
  stop: StopMode;
  sample: (figure: Figure) => void;
}

/** One observed value; the catalogue knows its unit and its measure. */
export interface Figure {
  metric: string;
  lens?: string;
  condition?: Record<string, string>;
  value: number;
  /** Of a moment found by polling: the last attempt that failed. */
  earliest?: number;
}

export interface PlatformMeasure<Options extends object> {
  take(taking: {
    options: Options;
    platform: ResolvedPlatform;
    prepared: PreparedPlatform;
    log: Log;
    /** `definition`: words of the platform's own for it, in place of the catalogue's. */
    sample: (figure: Figure & { definition?: string }) => Promise<void>;
  }): Promise<void>;
}

export interface CapacityMeasure<Options extends object> {
  /** @throws TareError where this machine cannot take it at all; called before anything is built */
  require(options: Options, run: { cpus: number; cache: string }): Promise<void>;
  /** CPUs that its instances use together. */
  cpus(options: Options): number;
  /** Takes it of one platform; what an earlier part of the run has finished is not taken again. */
  take(work: CapacityWork<Options>, platform: ResolvedPlatform): Promise<void>;
  /** The figures that its own events in the journal hold. */
  figures: (events: readonly JournalEvent[]) => ObservedFigure[];
  /** @param instanceMs guesses how long one instance of a platform takes */
  estimateMs(options: Options, scenario: ResolvedScenario, instanceMs: (platform: string) => number): number;
}

export interface CapacityWork<Options extends object> {
  run: Run;
  options: Options;
  payload: Payload;
  resources: RunResources;
}
