import type { CommandContext } from './context.ts';
import type { RunRecord } from './record/schema.ts';
import type { ResolvedScenario } from '../scenarios/resolved.ts';

export interface SuiteOptions {
  /** The run's directory; created. */
  folder: string;
  /** Order of the blocks follows from it. */
  seed: number;
  /** Continue the killed run in `folder` instead of starting one. */
  resume: boolean;
  /** Called with every intermediate record, so that reports can be rewritten as results arrive. */
  onRecord(record: RunRecord): Promise<void>;
}

/** Runs one scenario: probes, prepares, samples block by block, and returns the record. */
export declare function runSuite(
  scenario: ResolvedScenario,
  options: SuiteOptions,
  context: CommandContext,
): Promise<RunRecord>;
