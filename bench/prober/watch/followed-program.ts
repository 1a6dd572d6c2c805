/** The life of one program that ends by itself, as the kernel's tracer sees it. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProgramLife, ProgramTarget } from '../prober.ts';
import type { Tracer, TraceSubject } from './tracer.ts';

/** How long the tracer's account may come after the news of the end, and how often that is looked at. */
const graceMs = 100;
const lookAgainMs = 5;

export class FollowedProgram {
  readonly #tracer: Pick<Tracer, 'follow' | 'unfollow' | 'alive'> | null;
  readonly #subject: TraceSubject;
  readonly #life: ProgramLife = { execAt: null, endedAt: null };

  constructor(
    { cgroupPath, commandPath }: ProgramTarget,
    tracer: Pick<Tracer, 'follow' | 'unfollow' | 'alive'> | null,
  ) {
    this.#tracer = tracer;
    this.#subject = {
      cgroupPath,
      commandPath,
      // It listens on no port that would matter.
      port: -1,
      onExec: (at) => {
        this.#life.execAt ??= at;
      },
      onListen: () => undefined,
      onEnd: (at) => {
        this.#life.endedAt ??= at;
      },
    };
  }

  async begin(): Promise<void> {
    await this.#tracer?.follow(this.#subject);
  }

  /** To be called when the program has ended. */
  async finish(): Promise<ProgramLife> {
    for (let waitedMs = 0; waitedMs < graceMs && this.#isBehind(); waitedMs += lookAgainMs)
      await sleep(lookAgainMs);
    this.#tracer?.unfollow(this.#subject);
    return this.#life;
  }

  /** The tracer's lines are read a moment after they are written. */
  #isBehind(): boolean {
    return this.#tracer?.alive === true && this.#life.endedAt === null;
  }
}
