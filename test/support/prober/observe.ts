/** What a prober finds of a fixture server that starts under its eyes. */
import type { Prober, ProbeResult, ProbeTarget, Readiness } from '../../../bench/prober/prober.ts';
import type { Place } from './prober-stage.ts';

export interface Observation {
  target?: Partial<ProbeTarget>;
  delayMs?: number;
  timeoutMs?: number;
}

/** Generous: a slow machine is no failure. */
export const watchMs = 60_000;

/** Watches, starts the server, waits. */
export async function observe(
  place: Place,
  prober: Prober,
  mode: string,
  { target, delayMs, timeoutMs = watchMs }: Observation = {},
): Promise<ProbeResult> {
  const watch = await prober.watch({ ...place.target, ...target }, timeoutMs);
  place.serve(mode, delayMs);
  return watch.result;
}

export function readiness(result: ProbeResult): Readiness {
  if (!result.ready) throw new Error(`not ready: ${JSON.stringify(result.notReady)}`);
  return result.readiness;
}
