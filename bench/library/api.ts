/**
 * What `import { … } from 'tare'` gives, as its users see it; index.ts is held to it. bench/write-types.mjs makes the
 * package's types of this file and of what it is made of.
 */
import type { AccelChoice } from '../../scenarios/schema/allowed-words.ts';
import type { RunComparison } from '../record/comparison.ts';
import type { RunRecord } from '../record/schema.ts';

export { KnownError } from '../../scenarios/known-error.ts';
export { findResult } from '../record/queries.ts';
export type { RunComparison, RunRecord };

export interface RunScenarioOptions {
  /** What relative paths are relative to; default: the working folder. */
  cwd?: string;
  /** Ids of platforms to keep, or short names to add; default: those of the scenario. */
  platforms?: readonly string[];
  /** Measures to keep; default: those of the scenario. */
  measures?: readonly string[];
  /** Samples per platform. */
  samples?: number;
  /** Order of the blocks; default: a new one. */
  seed?: number;
  /** What drives the processors of VMs. */
  accel?: AccelChoice;
  /** The run's folder, new or empty; default: `.tare/runs/<time>-<scenario>`. */
  out?: string;
  /** Where payloads, images and kernels are kept; default: `$XDG_CACHE_HOME/tare`. */
  cacheDir?: string;
  /** Ends the run in order when it is aborted: everything is removed, and the promise rejects with the signal's reason. */
  signal?: AbortSignal;
  /** What the run does just now. */
  onProgress?: (message: string) => void;
  /** What a person should know of the run. */
  onWarning?: (message: string) => void;
}

/**
 * Runs a scenario on this machine, as `tare run` does: the run's folder gets record, journal, logs and reports. It needs
 * root. A platform that fails is in the record's `failures`, one that this machine cannot run is `skipped`.
 *
 * @param nameOrPath a built-in name, or the path of a scenario file
 * @throws KnownError for a mistake in the scenario or an option, and where this machine can run nothing of it
 */
export declare function runScenario(nameOrPath: string, options?: RunScenarioOptions): Promise<RunRecord>;

/**
 * The record of a run. One that was killed has written none: its record is made of what it had finished.
 *
 * @param run a run's folder, its run.json, an id under `.tare/runs`, or `last`
 * @throws KnownError where there is no such run, or it is not a record that this version reads
 */
export declare function readRecord(run: string, options?: { cwd?: string }): Promise<RunRecord>;

export interface CompareRecordsOptions {
  /** Platforms to compare; default: all that both have. */
  platforms?: readonly string[];
  /** Measures to compare; default: all that both have. */
  measures?: readonly string[];
  /** Compare also what is not comparable, such as runs on different machines. */
  force?: boolean;
}

/**
 * What differs between a run and its reference, and how certain that is: every figure that they share, with interval, test
 * and verdict.
 *
 * @throws KnownError where they are not comparable or share no figure, and where a record was changed by hand
 */
export declare function compareRecords(
  reference: RunRecord,
  run: RunRecord,
  options?: CompareRecordsOptions,
): RunComparison;
