/**
 * Runs that sample their blocks in turn. In each round every run samples one block, in an order shuffled anew: so what the
 * machine does meanwhile meets all of them alike, and no two ever measure at the same time.
 */
import { deferred } from '../prober/deferred.ts';
import { seededRandom, shuffle } from '../statistics/random.ts';

export interface Turns {
  /** Does the task when it is this run's turn. @throws the signal's reason when it is aborted before */
  readonly take: (task: () => Promise<void>) => Promise<void>;
  /** This run samples nothing more. Resolves when no other does either, so that taking it down disturbs none. */
  leave(): Promise<void>;
  /** Resolves when this run is ready to sample, or has left. */
  readonly prepared: Promise<void>;
}

/** @param count number of runs; there is no round before all of them are ready to sample or have left */
export function alternate(count: number, seed: number, signal: AbortSignal): Turns[] {
  const random = seededRandom(seed);
  let sampling = count;
  let waiting: (() => void)[] = [];
  let round: (() => void)[] = [];
  const end = deferred<undefined>();
  const beginWhenAllAreHere = (): void => {
    if (waiting.length < sampling) return;
    round = shuffle(waiting, random);
    waiting = [];
    round.shift()?.();
  };
  signal.addEventListener('abort', () => {
    for (const wake of [...round.splice(0), ...waiting.splice(0)]) wake();
    end.resolve(undefined);
  });
  return Array.from({ length: count }, () => {
    const prepared = deferred<undefined>();
    let hasLeft = false;
    return {
      prepared: prepared.promise,
      async take(task) {
        signal.throwIfAborted();
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
          prepared.resolve(undefined);
          beginWhenAllAreHere();
        });
        signal.throwIfAborted();
        try {
          await task();
        } finally {
          round.shift()?.();
        }
      },
      async leave() {
        if (!hasLeft) {
          hasLeft = true;
          sampling -= 1;
          prepared.resolve(undefined);
          if (sampling === 0) end.resolve(undefined);
          beginWhenAllAreHere();
        }
        await end.promise;
      },
    };
  });
}
