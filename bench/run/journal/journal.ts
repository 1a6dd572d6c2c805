/**
 * The journal, events.ndjson: what happened, one JSON object a line, on disk before the run goes on. The record is a
 * function of the journal (build.ts), so a killed run loses nothing that was finished and can be resumed.
 */
import { readFile, open, truncate, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { ResolvedScenario } from '../../../scenarios/resolved.ts';
import type { RecordedSampling } from '../../record/sampling.ts';
import type { TakenBurst } from '../../measures/burst/figures.ts';
import type { TakenDrift } from '../../measures/drift/figures.ts';
import type { Moved } from '../../measures/portability/figures.ts';
import type { LadderStep } from '../../measures/burst/ladder.ts';
import { refuseImpossible } from './impossible.ts';
import { cannotWrite } from '../../environment/cannot-write.ts';
import type { RecordedCanarySample } from '../../record/canary.ts';
import type { NeighborPair } from '../../measures/neighbor/pair.ts';
import type { DensityPoint, MinimumMemory, RecordedDensity } from '../../record/density.ts';
import type {
  RecordedFailure,
  RecordedHost,
  RecordedLab,
  RecordedPlatform,
  RecordedSample,
  RecordedVariant,
  RunRecord,
} from '../../record/schema.ts';

/** A figure with everything that places it in the record. */
export interface ObservedFigure {
  platform: string;
  measure: string;
  metric: string;
  lens: string | null;
  condition: Record<string, string | number | boolean>;
  /** Words of its own; null: the catalogue's. */
  definition: string | null;
  sample: RecordedSample;
}

export type JournalEvent =
  | {
      type: 'run';
      id: string;
      startedAt: string;
      tareVersion: string;
      seed: number;
      /** Of the repository that the run was started in, if any. */
      commit?: string;
      scenario: ResolvedScenario;
      variant?: RecordedVariant;
    }
  /** The run's scenario with what its image says filled in; takes the place of the first. */
  | { type: 'scenario'; scenario: ResolvedScenario }
  | { type: 'host'; host: RecordedHost }
  /** The run is inside a lab: `host` is the lab, and this says what it is and where it runs. */
  | { type: 'lab'; lab: RecordedLab }
  /** The run's namespace, cgroup and folders are called `tare-<id>`; written before they exist. */
  | { type: 'resources'; id: string }
  | { type: 'canary'; sample: RecordedCanarySample }
  /** How many blocks each platform takes, decided by the first of them. */
  | { type: 'sampling'; sampling: RecordedSampling }
  /** Another run of Tare lives on this machine while this one samples. */
  | { type: 'other-run'; run: string; pid: number; at: string }
  | { type: 'workload'; workload: RunRecord['workload'] }
  | { type: 'platform'; platform: RecordedPlatform }
  | { type: 'inside'; platform: string; facts: Record<string, string> }
  | ({ type: 'sample' } & ObservedFigure)
  | { type: 'marks'; platform: string; instance: string; block: number; marks: Record<string, number> }
  | { type: 'failure'; failure: RecordedFailure }
  | { type: 'step'; platform: string; block: number; durationMs: number }
  /** A platform's density begins, or begins again in a resumed run: its points so far no longer count. */
  | {
      type: 'density-begin';
      platform: string;
      at: string;
      begin: Pick<RecordedDensity, 'budget' | 'way' | 'conditions'>;
    }
  | { type: 'density-point'; platform: string; point: DensityPoint }
  /** These instances are now held under load: where each of them answers. */
  | { type: 'density-hold'; platform: string; instances: { id: string; host: string; port: number }[] }
  | {
      type: 'density-end';
      platform: string;
      at: string;
      end: Pick<RecordedDensity, 'conditions' | 'instances' | 'limit' | 'held' | 'starts' | 'rounds'>;
    }
  | { type: 'density-memory'; platform: string; at: string; minimum: MinimumMemory }
  | { type: 'drift'; platform: string; block: number; at: string; lists: TakenDrift[] }
  | { type: 'portability'; platform: string; at: string; moved: Moved[] }
  /** A burst of every size; block 0 is the warm-up. */
  | { type: 'burst'; platform: string; block: number; at: string; bursts: TakenBurst[] }
  | { type: 'ladder'; platform: string; at: string; steps: LadderStep[] }
  /** One window with and one without an aggressor. */
  | { type: 'neighbor-pair'; platform: string; at: string; pair: NeighborPair }
  | { type: 'resumed'; at: string }
  | { type: 'harness'; harness: RunRecord['run']['harness'] }
  | { type: 'finish'; at: string; aborted: boolean };

export interface Journal {
  readonly events: readonly JournalEvent[];
  /**
   * Resolves when the events are on disk, all of them together. They are written in the order of the calls.
   *
   * @throws InstanceFailure for a figure that cannot be; then none of the events is written
   */
  write(...events: JournalEvent[]): Promise<void>;
  close(): Promise<void>;
}

/**
 * Opens a journal for appending; what it already holds is read first, and a line cut off by a kill is removed.
 *
 * @param onEvent is told each new event once it is on disk
 */
export async function openJournal(
  file: string,
  onEvent?: (event: JournalEvent) => Promise<void>,
): Promise<Journal> {
  const { events, completeBytes } = await readJournal(file);
  const handle = await open(file, 'a');
  if ((await handle.stat()).size > completeBytes) await truncate(file, completeBytes);
  let last: Promise<void> = Promise.resolve();
  return {
    events,
    async write(...written) {
      for (const event of written) refuseImpossible(event);
      events.push(...written);
      last = last.then(async () => {
        await append(handle, written).catch((error: unknown) => {
          throw cannotWrite(
            file,
            error,
            `what was finished before is kept: once that is mended, tare run --resume ${dirname(file)}`,
          );
        });
        for (const event of written) await onEvent?.(event);
      });
      await last;
    },
    async close() {
      await last.catch(() => undefined);
      await handle.close();
    },
  };
}

async function append(handle: FileHandle, events: readonly JournalEvent[]): Promise<void> {
  await handle.appendFile(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
  await handle.datasync();
}

/** What a journal holds, without opening it for more: a missing one holds nothing and is not made. */
export async function readJournal(file: string): Promise<{ events: JournalEvent[]; completeBytes: number }> {
  const content = await readFile(file).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return Buffer.alloc(0);
    throw error;
  });
  const completeBytes = content.lastIndexOf('\n') + 1;
  const lines = content.subarray(0, completeBytes).toString().split('\n').filter(Boolean);
  const events = lines.map((line, index) => {
    try {
      return JSON.parse(line) as JournalEvent;
    } catch {
      throw new Error(`${file}:${index + 1}: not a journal entry (one JSON object a line is expected)`);
    }
  });
  return { events, completeBytes };
}
