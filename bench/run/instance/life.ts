/**
 * An instance lives from its readiness until its stop is requested, or it has no figures. Whatever is measured of it in
 * between happens within `Life.during`, which ends as soon as the instance does, and believes no figure that was taken of
 * a dead one.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { Instance } from '../../../runners/runner.ts';
import type { FailureCode } from '../../../runners/kinds.ts';
import { VoidInstance } from './failure.ts';

/** It ended, or was killed for memory, although nobody had asked it to. */
class InstanceDeath extends VoidInstance {
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(code, message, options);
    this.name = 'InstanceDeath';
  }
}

/** How long a box may take from its workload's end to its own. */
const endTimeoutMs = 10_000;

export class Life {
  readonly #instance: Instance;
  readonly #readyAt: number;
  readonly #runSignal: AbortSignal;
  readonly #death = new AbortController();
  readonly #either: AbortSignal;

  /** @param readyAt when it became ready, on the monotonic clock */
  constructor(instance: Instance, readyAt: number, runSignal: AbortSignal) {
    this.#instance = instance;
    this.#readyAt = readyAt;
    this.#runSignal = runSignal;
    this.#either = AbortSignal.any([runSignal, this.#death.signal]);
    void instance.exited.then(() => {
      this.#death.abort(new Error('the instance ended'));
    });
  }

  /**
   * Takes figures of the living instance.
   *
   * @param take gets a signal that is aborted with the run and with the instance's end; what it returns counts only if the
   *   instance is still alive afterwards
   * @throws InstanceDeath when the instance is found dead, whatever `take` made of it; the signal's reason when the run
   *   was aborted
   */
  async during<T>(take: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      const taken = await this.#untilDeath(take(this.#either));
      await this.requireAlive();
      return taken;
    } catch (error) {
      if (error instanceof InstanceDeath) throw error;
      await this.requireAlive(error);
      throw error;
    }
  }

  /** @throws InstanceDeath with the cause of the death; the signal's reason when the run was aborted */
  async requireAlive(cause?: unknown): Promise<void> {
    this.#runSignal.throwIfAborted();
    if (await this.#instance.isAlive()) return;
    // The box ends a moment after its workload, and its end tells the exit code.
    const exit = await Promise.race([this.#instance.exited, sleep(endTimeoutMs, null, { ref: false })]);
    this.#runSignal.throwIfAborted();
    const diagnosis = await this.#instance.diagnose().catch(() => null);
    const { code, message } = diagnosis ?? {
      code: 'exited' as const,
      message: 'its main process is gone; the box that should tell how it ended has not ended itself',
    };
    const afterMs = Math.max(0, (exit?.at ?? monotonicMs()) - this.#readyAt);
    throw new InstanceDeath(code, `${(afterMs / 1000).toFixed(2)} s after it was ready: ${message}`, {
      cause,
    });
  }

  /** Not everything that waits for an instance can be told of its end. */
  async #untilDeath<T>(taking: Promise<T>): Promise<T> {
    let onAbort = (): void => undefined;
    const ended = new Promise<never>((_, reject) => {
      onAbort = () => {
        reject(this.#either.reason as Error);
      };
      if (this.#either.aborted) onAbort();
      else this.#either.addEventListener('abort', onAbort, { once: true });
    });
    try {
      return await Promise.race([taking, ended]);
    } finally {
      this.#either.removeEventListener('abort', onAbort);
      taking.catch(() => undefined);
    }
  }
}
