/**
 * How often an instance is asked, and how long an answer is awaited. Pure rules, in milliseconds.
 *
 * A refused attempt costs the prober about 100 µs of CPU, three times that when the CPU was doing something else
 * meanwhile, and an answered one about twice as much; readiness is found late by half a period on average. So the
 * period is 0.1 % of the time waited so far, at most 10 ms: a long boot costs little, and the error stays a thousandth of
 * what is measured. Below that are floors by what can be known:
 *
 * - 20 ms while the kernel's tracer will tell of the listening socket: polling only guards against a missed event.
 *   In virtual time, where to ask costs what is measured a part of its processor, it is 10 s.
 * - 2 ms for a VM, whose sockets the tracer cannot see, and for a server that takes connections, but does not answer well.
 * - 1 ms for an instance of this kernel without the tracer, and once the tracer has seen it listen.
 *
 * With more than four polled instances these floors grow with their number, so that all of them together cost the prober no
 * more than four do: a prober that is busy with asking would find all of them late.
 *
 * A server that has work with its bad answers is given time for the rest of its start: four times what the last one took.
 */
export interface PaceFacts {
  elapsedMs: number;
  sharesKernel: boolean;
  /** In virtual time. */
  isSteady: boolean;
  /** The tracer serves, and watches this instance. */
  traced: boolean;
  /** The tracer has seen it listen. */
  listening: boolean;
  /** How long the last connection took, from its acceptance until it failed; null: none was accepted. */
  exchangeMs: number | null;
  /** Another connection waits for its answer. */
  waiting: boolean;
  /** Instances that are watched at this moment without the tracer's help, this one among them. */
  polled: number;
}

/** As many as may be asked as often as one. */
const fewPolled = 4;
const restFactor = 4;
const mostRestMs = 1000;

/** From the start of one attempt to that of the next. */
export function periodMs(facts: PaceFacts): number {
  const exchangeMs = facts.exchangeMs ?? 0;
  const restMs = Math.min(mostRestMs, restFactor * exchangeMs);
  return Math.max(floorMs(facts), Math.min(10, facts.elapsedMs * 0.001), exchangeMs + restMs);
}

function floorMs(facts: PaceFacts): number {
  const { sharesKernel, isSteady, traced, listening, exchangeMs, waiting, polled } = facts;
  if (waiting) return 100;
  const crowd = Math.max(1, polled / fewPolled);
  if (exchangeMs !== null || !sharesKernel) return 2 * crowd;
  if (!traced || listening) return crowd;
  return isSteady ? 10_000 : 20;
}

/**
 * How long one connection attempt waits for the handshake. A SYN sent to a tap before the guest has a network is lost,
 * and the kernel sends the next one only after 1 s, so a new attempt is better than patience. But an emulated guest
 * busy with its start may need long to answer, so patience grows with the time waited so far.
 */
export function connectDeadlineMs(elapsedMs: number): number {
  return Math.min(500, Math.max(10, elapsedMs * 0.01));
}

/** While a connection waits for its answer, it is looked at this often whether another is worth its price. */
export const lookAfterMs = 1000;

/** Connections of one instance that wait at the same time, whatever the tracer sees. */
export const maxWaiting = 6;
