/**
 * How samples are taken in virtual time. The harness and the kernel's timer have the same processor as what is measured,
 * so whatever they do meanwhile counts; it must be the same each time, and next to nothing.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { raisePriority } from '../prober/priority.ts';
import { steadyCode } from '../prober/steady-code.ts';
import type { Steadiness } from '../run/run.ts';

/** Costs nothing: where nothing runs, virtual time jumps. systemd reads mounts that were made up to a second late. */
const settleMs = 3000;
/** A multiple of the kernel's tick, and much longer than what is done just before a start. */
const gridMs = 100;
/** Between two ticks, whatever their rate. */
const phaseMs = 0.5;
/** Timers are late; the rest of the way is spent waiting. */
const earlyMs = 3;

/** Of this process, from now on: it runs when it wants to, and the same work takes the same instructions. */
export async function steadiness(): Promise<Steadiness> {
  await raisePriority();
  const collectGarbage = steadyCode();
  return {
    settle: async () => {
      collectGarbage();
      await sleep(settleMs);
    },
    align: async () => {
      const at = (Math.floor(monotonicMs() / gridMs) + 2) * gridMs + phaseMs;
      await sleep(at - earlyMs - monotonicMs());
      while (monotonicMs() < at);
    },
  };
}
