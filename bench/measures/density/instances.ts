/** Many instances of one platform: started a few at a time, watched for their end, removed together. */
import { setMaxListeners } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../../../runners/machine/log.ts';
import type { Instance, PreparedPlatform } from '../../../runners/runner.ts';
import type { FailureCode } from '../../../runners/kinds.ts';
import { InstanceFailure } from '../../run/instance/failure.ts';
import { explain, startAndWait, type StartInput } from '../../run/instance/start.ts';

export interface InstancesInput extends StartInput {
  prepared: PreparedPlatform;
  /** Instances are called `<prefix><number>`. */
  prefix: string;
  /** How many start, or are removed, at the same time. */
  concurrency: number;
  /** Folder of the run's logs. */
  logs: string;
  /** Whether to start no more, asked every second while instances start. */
  isOverloaded(): Promise<boolean>;
  /** Called before instances are removed: they end only where they get memory. */
  lift(): Promise<void>;
  log: Log;
}

/** An instance that could not be started, or that ended although nobody asked it to. */
export interface Loss {
  instance: string;
  /** Null: no class of failure, an error of its own kind. */
  code: FailureCode | null;
  /** Name of the error. */
  error: string;
  message: string;
  /** Path of its cgroup; null: it never had one. */
  cgroup: string | null;
  /** How often the kernel's own count says that it was killed for memory. */
  oomKills: number;
  /** Its last log lines. */
  lines: string[];
}

export interface Growth {
  /** Of those that became ready, milliseconds. */
  startupsMs: number[];
  /** The first; then fewer than were wanted may be up. */
  loss: Loss | null;
  /** It was given up since the budget was overloaded. */
  overloaded: boolean;
  /** The most that were up or starting at the same time. */
  most: number;
}

const shownLines = 5;
const watchPeriodMs = 1000;

export class Instances {
  readonly #input: InstancesInput;
  /** In the order of their starts. */
  #up: Instance[] = [];
  #fallen: Instance[] = [];
  #starts = 0;
  #starting = 0;
  /** The most that were up or starting since growing began. */
  #most = 0;
  /** Ends the starts under way: one has been lost. */
  #stopStarting: AbortController | null = null;

  constructor(input: InstancesInput) {
    this.#input = input;
  }

  get up(): readonly Instance[] {
    return this.#up;
  }

  /** Instances started so far. */
  get starts(): number {
    return this.#starts;
  }

  /**
   * Starts as many as are missing, and gives up at the first loss.
   * @param timeoutMs how long each may take
   */
  async growTo(n: number, timeoutMs: number): Promise<Growth> {
    const stop = new AbortController();
    this.#stopStarting = stop;
    const signal = AbortSignal.any([this.#input.signal, stop.signal]);
    setMaxListeners(0, signal);
    const startupsMs: number[] = [];
    let loss: Loss | null = null;
    let overloaded = false;
    const watch = this.#watchOverload(signal, () => {
      overloaded = true;
      stop.abort(new Error('the budget is overloaded'));
    });
    this.#most = this.#up.length;
    let missing = n - this.#up.length;
    await this.#concurrently(async () => {
      if (missing <= 0 || signal.aborted) return false;
      missing -= 1;
      const started = await this.#startOne(signal, timeoutMs);
      if (typeof started === 'number') startupsMs.push(started);
      else if (started !== null) {
        loss ??= started;
        stop.abort(new Error('another instance was lost'));
      }
      return true;
    });
    stop.abort(new Error('all have been started'));
    await watch;
    this.#stopStarting = null;
    this.#input.signal.throwIfAborted();
    loss ??= await this.findLoss();
    return { startupsMs, loss, overloaded, most: this.#most };
  }

  /** Removes the newest until `n` are left. */
  async shrinkTo(n: number): Promise<void> {
    const leaving = this.#up.splice(n).reverse();
    if (leaving.length > 0) await this.#input.lift();
    await this.#concurrently(async () => {
      const instance = leaving.shift();
      if (!instance) return false;
      await this.#remove(instance);
      return true;
    });
  }

  /** The first that ended although nobody asked it to, since the last call; what has ended is removed. */
  async findLoss(): Promise<Loss | null> {
    const fallen = this.#fallen.splice(0);
    const [first] = fallen;
    if (!first) return null;
    const loss = await this.#lossOf(
      first,
      await explain(
        new InstanceFailure('exited', 'it ended while it was serving'),
        first,
        this.#input.signal,
      ),
    );
    await this.#input.lift();
    for (const instance of fallen) await this.#remove(instance);
    return loss;
  }

  /** @returns startup in milliseconds, the loss, or null where another loss has ended it */
  async #startOne(signal: AbortSignal, timeoutMs: number): Promise<number | Loss | null> {
    const { prepared, prefix, ready } = this.#input;
    this.#starts += 1;
    this.#starting += 1;
    this.#most = Math.max(this.#most, this.#up.length + this.#starting);
    const id = `${prefix}${this.#starts}`;
    const logs = join(this.#input.logs, id);
    let instance: Instance | null = null;
    try {
      await mkdir(logs, { recursive: true });
      instance = await this.#create(prepared.create({ id, logs }), timeoutMs);
      const { readyAt } = await startAndWait(instance, {
        ...this.#input,
        ready: { ...ready, timeoutMs },
        signal,
      });
      this.#watchEnd(instance);
      return readyAt - (instance.marks.get('spawned') ?? readyAt);
    } catch (error) {
      const isOwn = !signal.aborted;
      const loss = isOwn ? await this.#lossOf(instance ?? id, await this.#explained(error, instance)) : null;
      await this.#input.lift();
      if (instance) await this.#remove(instance);
      return loss;
    } finally {
      this.#starting -= 1;
    }
  }

  /** In an exhausted budget not even the program that joins its cgroup gets on. */
  async #create(creating: Promise<Instance>, timeoutMs: number): Promise<Instance> {
    const late = sleep(timeoutMs, 'late' as const, { ref: false });
    if ((await Promise.race([creating, late])) !== 'late') return creating;
    await this.#input.lift();
    await this.#remove(await creating);
    throw new InstanceFailure('not-ready', `it could not even be created within ${timeoutMs / 1000} s`);
  }

  async #watchOverload(signal: AbortSignal, onOverload: () => void): Promise<void> {
    try {
      for (;;) {
        await sleep(watchPeriodMs, undefined, { signal });
        if (await this.#input.isOverloaded()) onOverload();
      }
    } catch (error) {
      // The signal ends the wait, and with it the watch.
      if (!signal.aborted) throw error;
    }
  }

  #explained(error: unknown, instance: Instance | null): Promise<unknown> {
    return instance ? explain(error, instance, this.#input.signal) : Promise.resolve(error);
  }

  #watchEnd(instance: Instance): void {
    this.#up.push(instance);
    void instance.exited.then(() => {
      // One that is being removed has left the list before.
      if (!this.#up.includes(instance)) return;
      this.#up = this.#up.filter((other) => other !== instance);
      this.#fallen.push(instance);
      this.#stopStarting?.abort(new Error('another instance was lost'));
    });
  }

  async #lossOf(instance: Instance | string, error: unknown): Promise<Loss> {
    const known = typeof instance === 'string' ? null : instance;
    const memory = await known?.cgroup.memory().catch(() => null);
    const text = known === null ? '' : await readFile(known.logFile, 'utf8').catch(() => '');
    return {
      instance: typeof instance === 'string' ? instance : instance.id,
      code: error instanceof InstanceFailure ? error.code : null,
      error: error instanceof Error ? error.name : '',
      message: error instanceof Error ? error.message : String(error),
      cgroup: known?.cgroup.path ?? null,
      oomKills: memory?.oomKills ?? 0,
      lines: text.trimEnd().split('\n').filter(Boolean).slice(-shownLines),
    };
  }

  async #remove(instance: Instance): Promise<void> {
    await instance.dispose().catch((error: unknown) => {
      this.#input.log.warn(`${instance.id}: clean-up: ${String(error)}`);
    });
  }

  /** Does the work again and again, several at a time, until it returns false. */
  async #concurrently(work: () => Promise<boolean>): Promise<void> {
    const worker = async (): Promise<void> => {
      while (await work());
    };
    await Promise.all(Array.from({ length: this.#input.concurrency }, worker));
  }
}
