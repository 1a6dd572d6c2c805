/** Chance that can be repeated: the same seed gives the same order and the same intervals on every machine. */

/**
 * Numbers from 0 (included) to 1 (excluded). The generator is mulberry32 (Tommy Ettinger, public domain): 32 bits of
 * state, ample for shuffles and resampling, and not for secrets.
 */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A shuffled copy; every order is equally likely (Fisher and Yates; Knuth, TAOCP volume 2, algorithm P). */
export function shuffle<T>(values: readonly T[], random: () => number): T[] {
  const shuffled = [...values];
  for (let last = shuffled.length - 1; last > 0; last -= 1) {
    const chosen = Math.floor(random() * (last + 1));
    const moved = shuffled[last] as T;
    shuffled[last] = shuffled[chosen] as T;
    shuffled[chosen] = moved;
  }
  return shuffled;
}
