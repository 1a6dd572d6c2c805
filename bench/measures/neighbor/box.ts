/** Victim and aggressor: two instances of one platform in one budget, each started again where it has died. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Instance, PreparedPlatform } from '../../../runners/runner.ts';
import { explain, startAndWait, type StartInput } from '../../run/instance/start.ts';

interface BoxInput extends StartInput {
  prepared: PreparedPlatform;
  /** Folder of the run's logs. */
  logs: string;
  /** Its instances are called `<prefix><number>`. */
  prefix: string;
  /** Called for each instance before it is started. */
  confine(instance: Instance): Promise<void>;
}

export class Box {
  readonly #input: BoxInput;
  #instance: Instance | null = null;
  #starts = 0;

  constructor(input: BoxInput) {
    this.#input = input;
  }

  /** The instance that lives; a new one where the last has died. */
  async living(): Promise<Instance> {
    if (this.#instance && (await this.#instance.isAlive())) return this.#instance;
    await this.remove();
    const { prepared, prefix, logs, signal } = this.#input;
    this.#starts += 1;
    const id = `${prefix}${this.#starts}`;
    const folder = join(logs, id);
    await mkdir(folder, { recursive: true });
    const instance = await prepared.create({ id, logs: folder });
    this.#instance = instance;
    await this.#input.confine(instance);
    try {
      await startAndWait(instance, this.#input);
    } catch (error) {
      throw await explain(error, instance, signal);
    }
    return instance;
  }

  async isAlive(): Promise<boolean> {
    return (await this.#instance?.isAlive()) === true;
  }

  async remove(): Promise<void> {
    const instance = this.#instance;
    this.#instance = null;
    // From outside first: where every process of the budget is taken, not even an engine could end it.
    await instance?.cgroup.kill();
    await instance?.dispose();
  }
}
