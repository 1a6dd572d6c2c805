/** One attempt to get a good answer: a new connection and, unless the connection itself is the answer, one question. */
import { Socket } from 'node:net';
import { monotonicMs } from '../../runners/machine/clock.ts';
import { converse } from './converse.ts';
import { exchange, type Answer } from './exchange.ts';
import type { ProbeTarget } from './prober.ts';

export type Outcome =
  | { good: true; at: number }
  /** `status` is that of a complete answer that was not good. */
  | { good: false; status: number | null; error: string };

export interface Attempt {
  readonly startedAt: number;
  /** When the connection was accepted; null: not yet. */
  readonly connectedAt: number | null;
  /** Ends it without an outcome. */
  cancel(): void;
}

export interface AttemptPlan {
  target: Pick<ProbeTarget, 'host' | 'port' | 'readiness'>;
  connectDeadlineMs: number;
  answerDeadlineMs: number;
  onConnect(attempt: Attempt): void;
  /** Called once, unless the attempt is cancelled. */
  onEnd(attempt: Attempt, outcome: Outcome): void;
}

export function startAttempt(plan: AttemptPlan): Attempt {
  const { host, port, readiness } = plan.target;
  let over = false;
  const attempt = { startedAt: monotonicMs(), connectedAt: null as number | null, cancel: close };
  const socket = takeSocket().connect({ host, port, noDelay: true, autoSelectFamily: false });
  let deadline = setTimeout(() => {
    bad(`the connection was not answered within ${Math.round(plan.connectDeadlineMs)} ms`);
  }, plan.connectDeadlineMs);
  socket.on('error', (error) => {
    bad(error.message);
  });
  socket.on('connect', () => {
    const at = monotonicMs();
    attempt.connectedAt = at;
    clearTimeout(deadline);
    plan.onConnect(attempt);
    if (over) return;
    const question = readiness.by === 'tcp' ? readiness.exchange : readiness;
    if (question === null) {
      end({ good: true, at });
      return;
    }
    deadline = setTimeout(() => {
      bad(`no complete answer came within ${Math.round(plan.answerDeadlineMs)} ms`);
    }, plan.answerDeadlineMs);
    const onError = (error: Error): void => {
      bad(error.message);
    };
    if ('expect' in question) {
      const onGood = (answeredAt: number): void => {
        end({ good: true, at: answeredAt });
      };
      converse(socket, question, onGood, onError);
    } else {
      const onAnswer = (answer: Answer): void => {
        end(judge(answer, question));
      };
      exchange(socket, { host, port, path: question.path }, onAnswer, onError);
    }
  });
  return attempt;

  function bad(error: string): void {
    end({ good: false, status: null, error });
  }
  function end(outcome: Outcome): void {
    if (over) return;
    close();
    plan.onEnd(attempt, outcome);
  }
  function close(): void {
    over = true;
    clearTimeout(deadline);
    socket.destroy();
  }
}

/**
 * Made ahead: when the tracer says that an instance listens, what can be done before it need not be done then. It takes
 * a tenth of a millisecond while the CPU's caches are cold. One not yet connected holds no file.
 */
let spare: Socket | null = null;

function takeSocket(): Socket {
  const socket = spare ?? new Socket();
  spare = null;
  setImmediate(() => {
    spare ??= new Socket();
  });
  return socket;
}

type HttpReadiness = Extract<ProbeTarget['readiness'], { by: 'http' }>;

function judge(answer: Answer, wanted: HttpReadiness): Outcome {
  const { status, body, at } = answer;
  if (status !== wanted.status) {
    return { good: false, status, error: `answered with status ${status} instead of ${wanted.status}` };
  }
  if (wanted.bodyContains !== null && !body.includes(wanted.bodyContains)) {
    return { good: false, status, error: `answered ${status} without "${wanted.bodyContains}" in the body` };
  }
  return { good: true, at };
}
