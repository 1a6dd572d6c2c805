/** Starts an instance and waits for its first good answer; says why none came. */
import { monotonicMs, sleepAtLeast } from '../../../runners/machine/clock.ts';
import type { Instance } from '../../../runners/runner.ts';
import type { ResolvedPlatform, ResolvedReadiness, ServerReadiness } from '../../../scenarios/resolved.ts';
import { InstanceFailure } from './failure.ts';
import { explainNotReady } from '../../prober/not-ready.ts';
import type { Prober, Readiness } from '../../prober/prober.ts';
import type { Steadiness } from '../run.ts';

export interface StartInput {
  platform: ResolvedPlatform;
  ready: ServerReadiness;
  prober: Prober;
  /** Whether the kernel's tracer can see the workload. */
  sharesKernel: boolean;
  /** Called immediately before the start command. */
  align?: Steadiness['align'] | undefined;
  signal: AbortSignal;
}

/** @throws InstanceFailure when it ends or does not become ready in time; the signal's reason when aborted */
export async function startAndWait(instance: Instance, input: StartInput): Promise<Readiness> {
  const { ready } = input;
  const watch = await input.prober.watch(
    {
      instance: instance.id,
      host: instance.address.host,
      port: instance.address.port,
      readiness: ready,
      cgroupPath: (instance.traced ?? instance.cgroup).path,
      commandPath: input.platform.launch.command[0] ?? '',
      sharesKernel: input.sharesKernel,
    },
    ready.timeoutMs,
  );
  const onAbort = (): void => {
    watch.cancel();
  };
  input.signal.addEventListener('abort', onAbort, { once: true });
  try {
    input.signal.throwIfAborted();
    await input.align?.();
    await delayStart(instance, input);
    await instance.start();
    const exited = instance.exited.then((exit) => ({ exit }));
    const outcome = await Promise.race([watch.result, exited]);
    input.signal.throwIfAborted();
    if ('exit' in outcome) {
      // How the box ended: what its workload ended with is for the runner to say (`explain`).
      const { code, signal } = outcome.exit;
      const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
      throw new InstanceFailure('exited', `its box ended before it was ready (${how})`);
    }
    if (!outcome.ready) {
      const { code, message } = explainNotReady(outcome.notReady, ready.timeoutMs);
      throw new InstanceFailure(code, message);
    }
    return outcome.readiness;
  } finally {
    input.signal.removeEventListener('abort', onAbort);
    watch.cancel();
  }
}

/** Of a workload that is asked something; the loader refuses measures that would ask one that ends by itself. */
export function serverReadiness(ready: ResolvedReadiness): ServerReadiness {
  if (ready.by === 'exit') throw new Error('a workload that ends by itself is never ready');
  return ready;
}

/** The stated delay lies after the mark from which the start is counted: the first setting of a mark is the one that counts. */
export async function delayStart(
  instance: Instance,
  { platform, signal }: Pick<StartInput, 'platform' | 'signal'>,
): Promise<void> {
  // A run begun by an older version may be resumed, and knows no delays.
  if (!(platform.startDelayMs > 0)) return;
  instance.marks.set('spawned', monotonicMs());
  await sleepAtLeast(platform.startDelayMs, signal);
}

/** The runner's own diagnosis (panic, out of memory …) beats "it did not answer"; an abort beats both. */
export async function explain(error: unknown, instance: Instance, signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return error;
  const diagnosis = await instance.diagnose().catch(() => null);
  return diagnosis ? new InstanceFailure(diagnosis.code, diagnosis.message, { cause: error }) : error;
}
