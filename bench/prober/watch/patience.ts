/**
 * When another connection joins one that waits for its answer. The one that waits is never given up: it is what a
 * patient client would have, and each further question is work that takes from the answer to the first. But an accepted
 * connection may also be a lost one (a listener that nobody serves, a proxy in front of nothing), so that after a while
 * another is worth its price. Whether it works on the answer shows in the CPU time of the instance: while it works, time
 * counts only a little.
 */
export interface PatienceFacts {
  /** Of this interval of the wait, milliseconds. */
  elapsedMs: number;
  /** CPU time of the instance in it, milliseconds; null: not known. */
  cpuMs: number | null;
}

/** Idle time after which the second, third and fourth connection begins. */
const othersAfterMs = [5000, 15_000, 45_000];

/** A guest or a runtime with nothing to do uses less of one CPU; a limit of a tenth of a CPU, used up, is more. */
const idleShare = 0.05;
const workWeight = 0.1;

export class Patience {
  #waitedMs = 0;
  #others = 0;

  /** Nothing waits any more. */
  reset(): void {
    this.#waitedMs = 0;
    this.#others = 0;
  }

  /** @returns whether another connection is due */
  pass({ elapsedMs, cpuMs }: PatienceFacts): boolean {
    const works = cpuMs !== null && cpuMs > idleShare * elapsedMs;
    this.#waitedMs += works ? workWeight * elapsedMs : elapsedMs;
    const due = othersAfterMs[this.#others];
    if (due === undefined || this.#waitedMs < due) return false;
    this.#others += 1;
    return true;
  }
}
