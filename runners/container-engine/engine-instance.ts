/** A container whose command line is a process of this machine, and which an engine looks after. */
import { setTimeout as sleep } from 'node:timers/promises';
import { LocalInstance, type LocalInstanceParts } from '../shared/local-instance.ts';
import type { Cgroup } from '../machine/cgroup/cgroup.ts';
import type { Diagnosis } from '../runner.ts';
import { runEngine, type EngineCommand } from './command.ts';
import type { EngineTraits } from './instance.ts';

const pollMs = 50;
const appearanceMs = 10_000;

interface EngineAccess {
  engine: EngineCommand;
  traits: Pick<EngineTraits, 'name' | 'inspection' | 'removals'>;
  isAlive(): Promise<boolean>;
}

export class EngineInstance extends LocalInstance {
  readonly #setup: EngineAccess;
  readonly #workload: Cgroup;
  #isStarted = false;
  #hasEnded = false;
  #removing: Promise<void> | null = null;

  constructor(parts: LocalInstanceParts, setup: EngineAccess) {
    super(parts);
    this.#setup = setup;
    this.#workload = parts.workload;
    void this.exited.then(() => {
      this.#hasEnded = true;
    });
  }

  override start(): Promise<void> {
    this.#isStarted = true;
    return super.start();
  }

  /** Without its engine nothing else that is seen of a container means anything. */
  override async diagnose(): Promise<Diagnosis | null> {
    if (this.#isStarted && !(await this.#setup.isAlive())) {
      return { code: 'engine-died', message: `the engine (${this.#setup.traits.name}) has ended or hangs` };
    }
    return super.diagnose();
  }

  override dispose(): Promise<void> {
    this.#removing ??= this.#remove().catch((error: unknown) => {
      // What could not be removed may be tried again.
      this.#removing = null;
      throw error;
    });
    return this.#removing;
  }

  async #remove(): Promise<void> {
    const failure = await this.#removeContainer().then(
      () => null,
      (error: unknown) => ({ error }),
    );
    await super.dispose();
    // An engine that has died removes nothing; what it held ends with it, or the lease has it.
    if (failure !== null && (await this.#setup.isAlive())) throw failure.error;
  }

  /**
   * By the engine, before its command line is ended: a command that is killed on its way leaves it to chance whether
   * there will be a container.
   */
  async #removeContainer(): Promise<void> {
    if (!this.#isStarted) return;
    const { engine, traits } = this.#setup;
    let failure: { error: unknown } | null = null;
    for (let waitedMs = 0; waitedMs < appearanceMs; waitedMs += pollMs) {
      const ended = this.#hasEnded;
      const { code } = await runEngine(engine, [...traits.inspection, this.id], { accept: [0, 1, 125] });
      if (code === 0) {
        failure = await this.#runRemovals().then(
          () => null,
          (error: unknown) => ({ error }),
        );
        if (failure === null) return;
        // gVisor's runtime signals nothing that it could not start. What is dead, the engine removes a moment later.
        await this.#workload.kill();
      } else if (ended) return;
      await sleep(pollMs);
    }
    if (failure !== null) throw failure.error;
  }

  async #runRemovals(): Promise<void> {
    const { engine, traits } = this.#setup;
    for (const [index, removal] of traits.removals.entries()) {
      const accept = index === traits.removals.length - 1 ? [0] : [0, 1];
      await runEngine(engine, [...removal, this.id], { accept });
    }
  }
}
