/** A line at which several wait until the last of them is there, or is known never to come. */
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { deferred } from '../../prober/deferred.ts';

export class Barrier {
  readonly #released = deferred<number>();
  #missing: number;

  constructor(expected: number) {
    this.#missing = expected;
  }

  /** @returns the moment of the release, the same for all */
  arrive(): Promise<number> {
    this.#countDown();
    return this.#released.promise;
  }

  /** One of them does not come. */
  leave(): void {
    this.#countDown();
  }

  #countDown(): void {
    this.#missing -= 1;
    if (this.#missing === 0) this.#released.resolve(monotonicMs());
  }
}
