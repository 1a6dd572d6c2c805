/** Makes a clone of a snapshot out of a QEMU that has just built its machine. */
import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { monotonicMs } from '../../machine/clock.ts';
import type { MarkBoard } from '../../runner.ts';
import { netmask } from '../guest/guest-launch.ts';
import { loadState } from './migrate.ts';
import type { Qmp } from '../vm/qmp.ts';

export interface Restore {
  /** Of devices and processors, see migrate.ts. */
  state: Buffer;
  /** The clone's own; in the snapshot the guest has those of the machine it was taken of. */
  address: string;
  prefixLength: number;
  mac: string;
}

const answerTimeoutMs = 10_000;

/** Sets the marks `restore` and `resume`; the guest answers the identity that it is sent with the line `identified`. */
export async function restoreClone(
  qmp: Qmp,
  control: Socket,
  socketPath: string,
  restore: Restore,
  marks: MarkBoard,
): Promise<void> {
  marks.set('restore', monotonicMs());
  await loadState(qmp, socketPath, restore.state);
  marks.set('resume', monotonicMs());
  await qmp.execute('cont', { timeoutMs: answerTimeoutMs });
  control.write(`${identityRequest(restore, Date.now(), randomBytes(32))}\n`);
}

/**
 * What a clone must not share with its siblings, and what time has passed over: address and MAC, the clock, and the
 * state of the random number generator.
 */
export function identityRequest(
  { address, prefixLength, mac }: Pick<Restore, 'address' | 'prefixLength' | 'mac'>,
  nowMs: number,
  random: Buffer,
): string {
  const seconds = Math.floor(nowMs / 1000);
  return ['identity', address, netmask(prefixLength), mac, seconds, random.toString('hex')].join(' ');
}
