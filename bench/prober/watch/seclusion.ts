/**
 * Gives up on an instance whose port is reached from inside its own box only. Not at once: some images first run a server
 * for themselves, to make users and tables, before the one that serves. So the instance must have been idle meanwhile.
 */
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { cpuTimeOf } from './cpu-time.ts';
import { lookAfterMs } from './pace.ts';
import { Patience } from './patience.ts';

export interface SeclusionOptions {
  cgroupPath: string;
  /** Whether it is so at this moment. */
  isSecluded: () => boolean;
  giveUp: () => void;
}

export class Seclusion {
  readonly #options: SeclusionOptions;
  #timer: NodeJS.Timeout | null = null;
  #over = false;

  constructor(options: SeclusionOptions) {
    this.#options = options;
  }

  /** Begins to look, unless it does so already. */
  begin(): void {
    if (this.#timer === null && !this.#over) void this.#look(new Patience(), null);
  }

  stop(): void {
    this.#over = true;
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** Ends where the port is no longer secluded: the next `begin` has all the patience again. */
  async #look(patience: Patience, before: { at: number; cpuMs: number | null } | null): Promise<void> {
    const { cgroupPath, isSecluded, giveUp } = this.#options;
    this.#timer = null;
    if (this.#over || !isSecluded()) return;
    const now = { at: monotonicMs(), cpuMs: null as number | null };
    this.#timer = setTimeout(() => {
      void this.#look(patience, now);
    }, lookAfterMs);
    now.cpuMs = await cpuTimeOf(cgroupPath);
    if (before === null || !isSecluded()) return;
    const isKnown = now.cpuMs !== null && before.cpuMs !== null;
    const cpuMs = isKnown ? (now.cpuMs ?? 0) - (before.cpuMs ?? 0) : null;
    if (patience.pass({ elapsedMs: now.at - before.at, cpuMs })) giveUp();
  }
}
