/** Same-page merging as a condition of density: settled before anything is read, and what it saved and cost. */
import { setKsm, type KsmFigures } from '../../../runners/machine/kernel/ksm.ts';
import type { RunContext } from '../../../runners/runner.ts';
import type { MergingState } from '../../../scenarios/schema/allowed-words.ts';
import type { RecordedDensity } from '../../record/density.ts';

export interface Merging {
  /** Returns once what can be merged is; at once where nothing is merged on purpose. */
  settle(): Promise<void>;
  /** What the record says of it; saved bytes are those of the last time that it settled. */
  conditions(): RecordedDensity['conditions'];
  /** Gives the machine's own state back. */
  close(): Promise<void>;
}

/** A pass over a few GiB takes seconds, and three are needed. */
const patienceMs = 180_000;

/** Leaves the machine's own state. */
export const unchangedMerging: Merging = {
  settle: () => Promise.resolve(),
  conditions: () => ({}),
  close: () => Promise.resolve(),
};

export async function openMerging(
  state: MergingState,
  { lease, signal, log }: Pick<RunContext, 'lease' | 'signal' | 'log'>,
): Promise<Merging> {
  if (state === 'as-is') return unchangedMerging;
  const ksm = await setKsm(state, lease);
  const close = (): Promise<void> => ksm.restore();
  if (state === 'off') {
    return { settle: () => Promise.resolve(), conditions: () => ({ ksm: 'off' }), close };
  }
  const first = await ksm.figures();
  let last: KsmFigures & { settled: boolean } = { ...first, settled: false };
  return {
    async settle() {
      last = await ksm.settle(patienceMs, signal);
      log.debug(`same-page merging saves ${last.savedBytes - first.savedBytes} bytes`);
    },
    conditions: () => ({
      ksm: last.settled ? 'on, settled' : `on, not settled within ${patienceMs / 1000} s`,
      ksmSavedBytes: last.savedBytes - first.savedBytes,
      ksmCpuMs: last.cpuMs - first.cpuMs,
      ksmPasses: last.fullScans - first.fullScans,
    }),
    close,
  };
}
