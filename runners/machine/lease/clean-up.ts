import type { Log } from '../log.ts';

/** What was made on the way to something, and its removal in reverse order. */
export class CleanUp {
  readonly #removals: (() => Promise<void>)[] = [];

  /** Waits for something to be made and remembers how it is removed. */
  async add<T>(made: Promise<T>, remove: (made: T) => Promise<void>): Promise<T> {
    const result = await made;
    this.#removals.push(() => remove(result));
    return result;
  }

  /** Removes everything, the last first. A failure stops nothing; the first one is thrown at the end. */
  async run(): Promise<void> {
    const failures: unknown[] = [];
    for (const remove of [...this.#removals].reverse()) {
      await remove().catch((error: unknown) => {
        failures.push(error);
      });
    }
    if (failures.length > 0) throw failures[0];
  }
}

/**
 * Does work that makes one thing after another. When it fails, what was made until then is removed and the work's own error
 * is thrown, since it came first; what cannot be removed is in the run's lease.
 */
export async function undoneOnFailure<T>(log: Log, work: (cleanUp: CleanUp) => Promise<T>): Promise<T> {
  const cleanUp = new CleanUp();
  try {
    return await work(cleanUp);
  } catch (error) {
    await cleanUp.run().catch((second: unknown) => {
      log.debug(`after a failure: ${String(second)}`);
    });
    throw error;
  }
}

/** Like Promise.all, but a failure waits until everything has ended, so that all that was made is known. */
export async function together<T extends readonly Promise<unknown>[]>(
  work: readonly [...T],
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(work);
  return Promise.all(work);
}
