/** What the parts of a run hand on to each other. */
import type { BuiltPayload } from '../../runners/payload/payload.ts';
import type { ProbeContext } from '../../runners/runner.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import type { Turns } from './alternate.ts';
import type { CommandContext } from '../environment/context.ts';
import type { CpuSplit } from './host/cpus.ts';
import type { Journal, JournalEvent } from './journal/journal.ts';
import type { RecordedVariant, RunRecord } from '../record/schema.ts';

export interface SuiteOptions {
  /** The run's directory; created. One that holds a journal already is continued. */
  folder: string;
  /** Order of the blocks follows from it. */
  seed: number;
  /** Of the repository that the run is started in, if any. */
  commit?: string | undefined;
  /**
   * A finished run gets more blocks, of these platforms only: as many as the scenario now asks for. The first of them is a
   * warm-up again, since the machine has done other things meanwhile.
   */
  extend?: { platforms: readonly string[] };
  /** The payload, where it is in the cache and what it was made from is not here; else it is built. */
  payload?: Pick<BuiltPayload, 'digest' | 'image'>;
  /** The run is one of several that sample their blocks in turn. */
  variant?: { of: RecordedVariant; turns: Turns };
  /** Where equal runs are to have equal figures. */
  steadiness?: Steadiness;
  /** Called with every event once it is on disk, before the run goes on. */
  onEvent?: (event: JournalEvent) => Promise<void>;
}

/** Runs a scenario to its record: the suite on this machine, or a lab that calls it inside. */
export type RunScenario = (
  scenario: ResolvedScenario,
  options: SuiteOptions,
  context: CommandContext,
) => Promise<RunRecord>;

/** What brings the machine into the same state before each start. */
export interface Steadiness {
  /** Before anything watches: what was done before dies away. */
  settle: () => Promise<void>;
  /** Immediately before the start command: waits for the same phase of the kernel's timer. */
  align: () => Promise<void>;
}

export interface Run {
  scenario: ResolvedScenario;
  options: SuiteOptions;
  context: CommandContext;
  journal: Journal;
  cpus: CpuSplit;
}

export function probeContext(context: CommandContext): ProbeContext {
  return { signal: context.signal, log: context.log, cache: context.folders.cache };
}
