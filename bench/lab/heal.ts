/** Goes on after a hang of the lab: emulated virtualization loses the timer of a CPU now and then, whatever runs in it. */
import type { LabEnd } from './follow.ts';

/** How often in a row a lab may hang before it has finished a step. */
const mostInVain = 3;

export interface Healing {
  /** One lab, from its start to its end; nothing may be heard of it for `patience` times as long as usual. */
  attempt: (patience: number) => Promise<LabEnd>;
  /** Number of the run's finished steps. */
  steps: () => number;
  /** A lab has hung, and another is about to go on. */
  onHang: (reason: string) => Promise<void>;
}

/** @returns the end of the last lab */
export async function untilDone({ attempt, steps, onHang }: Healing): Promise<LabEnd> {
  for (let inVain = 0; ;) {
    const before = steps();
    // A busy machine may be taken for a hanging lab: the next one gets more time.
    const end = await attempt(2 ** inVain);
    if (end.error === null || end.hangs !== true) return end;
    inVain = steps() > before ? 1 : inVain + 1;
    if (inVain > mostInVain) return end;
    await onHang(end.error.message);
  }
}
