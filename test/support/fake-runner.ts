/** A fake: a platform in memory, with instances that do what a test tells them, at the moment it tells. No root needed. */
import type { ProbeResult, Prober } from '../../bench/prober/prober.ts';
import type { Cgroup, CgroupMemory } from '../../runners/machine/cgroup/cgroup.ts';
import type { LimitsInForce } from '../../runners/machine/cgroup/limits-in-force.ts';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { plainFacts } from '../../runners/platform-facts.ts';
import { MarkBoard } from '../../runners/runner.ts';
import type { Diagnosis, Exit, Instance, PreparedPlatform } from '../../runners/runner.ts';

export type Moment = 'start' | 'cpu' | 'memory' | 'load' | 'layer' | 'facts' | 'alive' | 'stop' | 'dispose';

export interface FakeOptions {
  /** Called at each moment of an instance; a test makes something of it go wrong there. */
  at?: (moment: Moment, instance: FakeInstance) => void | Promise<void>;
  memory?: Partial<CgroupMemory>;
  /** Instead of the tightest of limits. */
  inForce?: Partial<LimitsInForce>;
  /** Why it cannot be stopped, each time that it is asked. */
  unstoppable?: () => string | null;
}

export class FakeInstance implements Instance {
  readonly address = { host: '127.0.0.1', port: 1 };
  readonly marks = new MarkBoard();
  readonly logFile = '/nonexistent';
  readonly exited: Promise<Exit>;
  readonly cgroup: Cgroup;
  diagnosis: Diagnosis | null = null;
  /** Its main process is gone; the box may not have told yet. */
  isGone = false;
  isDisposed = false;
  readonly id: string;
  readonly #options: FakeOptions;
  #settleExited: (exit: Exit) => void = () => undefined;

  constructor(id: string, options: FakeOptions) {
    this.id = id;
    this.#options = options;
    this.exited = new Promise((resolve) => {
      this.#settleExited = resolve;
    });
    const { memory } = options;
    this.cgroup = {
      path: `/fake/${id}`,
      cpuTimeMs: () => this.#at('cpu', 1),
      memory: () => this.#at('memory', { usageBytes: 4096, workingSetBytes: 4096, oomKills: 0, ...memory }),
      // Memory of a process that is certainly there.
      processes: () => Promise.resolve(this.isGone ? [] : [process.pid]),
      limitsInForce: () =>
        Promise.resolve(this.isGone ? [] : [{ memoryBytes: 0, cpus: 0, ...options.inForce }]),
    } as Partial<Cgroup> as Cgroup;
  }

  /** Its main process ends; the box tells so after a while. */
  die(diagnosis: Diagnosis, toldAfterMs = 0): void {
    this.isGone = true;
    this.diagnosis = diagnosis;
    setTimeout(() => {
      this.exit();
    }, toldAfterMs);
  }

  exit({ code, signal }: Pick<Exit, 'code' | 'signal'> = { code: 0, signal: null }): void {
    this.isGone = true;
    this.#settleExited({ code, signal, at: monotonicMs() });
  }

  async start(): Promise<void> {
    this.marks.set('spawned', monotonicMs());
    await this.#at('start', undefined);
  }

  async stop(): Promise<void> {
    await this.#at('stop', undefined);
    this.exit();
  }

  whyUnstoppable(): Promise<string | null> {
    return Promise.resolve(this.#options.unstoppable?.() ?? null);
  }

  async isAlive(): Promise<boolean> {
    await this.#at('alive', undefined);
    return !this.isGone;
  }

  diagnose(): Promise<Diagnosis | null> {
    return Promise.resolve(this.diagnosis);
  }

  memoryParts(): Promise<[]> {
    return Promise.resolve([]);
  }

  guestMemory(): Promise<null> {
    return Promise.resolve(null);
  }

  layerBytes(): Promise<number> {
    return this.#at('layer', 0);
  }

  readonly faults = [];

  bringFault(): Promise<never> {
    return Promise.reject(new Error('a fake suffers nothing'));
  }

  async dispose(): Promise<void> {
    this.isDisposed = true;
    this.exit();
    await this.#at('dispose', undefined);
  }

  /** For the fake prober. */
  at(moment: Moment): Promise<void> {
    return this.#at(moment, undefined);
  }

  async #at<T>(moment: Moment, value: T): Promise<T> {
    await this.#options.at?.(moment, this);
    return value;
  }
}

export interface FakePlatform {
  prepared: PreparedPlatform;
  prober: Prober;
  instances: FakeInstance[];
}

/** A prepared platform, and a prober that finds its newest instance ready at once. */
export function fakePlatform(options: FakeOptions = {}): FakePlatform {
  const instances: FakeInstance[] = [];
  const newest = (): FakeInstance => instances.at(-1) as FakeInstance;
  const prepared: PreparedPlatform = {
    facts: { accel: 'none', guest: null, version: '1', network: 'none', compared: plainFacts, details: {} },
    marks: ['spawned'],
    create({ id }) {
      const instance = new FakeInstance(id, options);
      instances.push(instance);
      return Promise.resolve(instance);
    },
    images: () => Promise.resolve([]),
    dispose: () => Promise.resolve(),
  };
  const served = { offered: 1, sent: 1, ok: 1, errors: 0, p50: 1, p90: 1, p99: 1, max: 1, sendLagMaxMs: 0 };
  const prober = {
    watch: () => Promise.resolve({ result: firstAnswer(), cancel: () => undefined }),
    async load() {
      await newest().at('load');
      return served;
    },
    async get() {
      await newest().at('facts');
      return { status: 200, body: 'seen=true' };
    },
  } as Partial<Prober> as Prober;
  return { prepared, prober, instances };
}

/** A moment after the start that follows the watch. */
async function firstAnswer(): Promise<ProbeResult> {
  await new Promise((resolve) => setTimeout(resolve, 5));
  const readyAt = monotonicMs();
  return {
    ready: true,
    readiness: {
      ...{ readyAt, lastFailureAt: null, listeningAt: readyAt, listeningBy: 'connect', execAt: null },
      ...{ attempts: 1, periodMs: 1, loopDelayMs: 0 },
    },
  };
}
