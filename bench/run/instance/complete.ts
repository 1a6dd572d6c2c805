/** Starts an instance whose workload ends by itself, and waits for that end; says why it was not a good one. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Exit, Instance } from '../../../runners/runner.ts';
import { constants } from 'node:os';
import type { ResolvedReadiness } from '../../../scenarios/resolved.ts';
import { InstanceFailure } from './failure.ts';
import { delayStart, type StartInput } from './start.ts';

export interface CompletionInput extends Omit<StartInput, 'ready'> {
  ready: Extract<ResolvedReadiness, { by: 'exit' }>;
  /** Whether a guest's own first program tells of the end: the machine's end alone says nothing of its workload. */
  hasGuest: boolean;
}

/**
 * Sets the marks `exec`, `ended` and `gone`, as far as they were seen.
 *
 * @throws InstanceFailure when it ends in another way than it should, or not in time; the signal's reason when aborted
 */
export async function startAndComplete(instance: Instance, input: CompletionInput): Promise<void> {
  const { ready, prober, platform, sharesKernel, signal } = input;
  const target = {
    instance: instance.id,
    cgroupPath: (instance.traced ?? instance.cgroup).path,
    commandPath: platform.launch.command[0] ?? '',
  };
  const followed = sharesKernel ? await prober.follow(target) : null;
  // A program that listens has its peer outside of its box.
  const echoing = instance.address.port === 0 ? null : await prober.echo(instance.address);
  let exit: Exit | null;
  try {
    signal.throwIfAborted();
    await input.align?.();
    await delayStart(instance, input);
    await instance.start();
    exit = await endWithin(instance, ready.timeoutMs, signal);
  } finally {
    await echoing?.finish();
    const life = await followed?.finish();
    if (life?.execAt != null) instance.marks.set('exec', life.execAt);
    if (life?.endedAt != null) instance.marks.set('ended', life.endedAt);
  }
  if (exit === null) {
    const diagnosis = await instance.diagnose();
    if (diagnosis !== null) throw new InstanceFailure(diagnosis.code, diagnosis.message);
    throw new InstanceFailure(
      'not-ended',
      `it has not ended ${ready.timeoutMs / 1000} s after its start; give it more time (\`ready: { timeout }\`) or less work`,
    );
  }
  instance.marks.set('gone', exit.at);
  await requireGoodEnd(instance, exit, input);
}

/** @returns null where it has not ended by then; throws the signal's reason when aborted */
async function endWithin(instance: Instance, timeoutMs: number, signal: AbortSignal): Promise<Exit | null> {
  const over = new AbortController();
  const late = sleep(timeoutMs, null, { signal: AbortSignal.any([signal, over.signal]) });
  late.catch(() => undefined);
  try {
    return await Promise.race([instance.exited, late]);
  } finally {
    over.abort();
    signal.throwIfAborted();
  }
}

/** A box ends with the exit status of its workload, but it may also end for reasons of its own. */
async function requireGoodEnd(
  instance: Instance,
  exit: Exit,
  { ready, hasGuest }: CompletionInput,
): Promise<void> {
  const diagnosis = await instance.diagnose();
  if (diagnosis !== null && diagnosis.code !== 'exited') {
    throw new InstanceFailure(diagnosis.code, diagnosis.message);
  }
  if (hasGuest && instance.marks.get('ended') === undefined) {
    throw new InstanceFailure('exited', diagnosis?.message ?? 'the guest ended before its workload did');
  }
  const status = statusOf(exit);
  if (status === ready.status) return;
  const found = diagnosis?.message ?? `it ended with exit status ${status ?? 'unknown'}`;
  throw new InstanceFailure('wrong-status', `expected exit status ${ready.status}: ${found}`);
}

/** As a shell tells it: an end by a signal is 128 and its number. */
export function statusOf({ code, signal }: Pick<Exit, 'code' | 'signal'>): number | null {
  if (signal === null) return code;
  const numbers: Partial<Record<string, number>> = constants.signals;
  const number = numbers[signal];
  return number === undefined ? null : 128 + number;
}
