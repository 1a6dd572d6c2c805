/** Round trips over the run's network, one after the other. */
import { connect } from 'node:net';
import { monotonicMs } from '../../runners/machine/clock.ts';

/** Longer means that nobody answers, which is no round trip. */
const deadlineMs = 1000;

/** @returns milliseconds for all; each ends with the refusal of a port that nobody listens on, or with an open connection */
export async function timeRoundTrips(target: { host: string; port: number; count: number }): Promise<number> {
  const beganAt = monotonicMs();
  for (let done = 0; done < target.count; done += 1) await roundTrip(target);
  return monotonicMs() - beganAt;
}

function roundTrip({ host, port }: { host: string; port: number }): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const end = (error: Error | null): void => {
      socket.destroy();
      if (error) reject(error);
      else resolve();
    };
    socket.setTimeout(deadlineMs, () => {
      end(new Error(`${host} did not answer within ${deadlineMs / 1000} s`));
    });
    socket.once('connect', () => {
      end(null);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      end(error.code === 'ECONNREFUSED' ? null : error);
    });
  });
}
