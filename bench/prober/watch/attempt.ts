/**
 * One attempt to get a good answer: a new connection and, unless the connection itself is the answer, one question. It
 * waits for the answer as long as it is let: whoever asks says when it is enough.
 */
import { Socket } from 'node:net';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import { shown } from '../../../runners/machine/shown.ts';
import { connectionWords, type Trouble } from '../http/connection-words.ts';
import { converse } from './converse.ts';
import { exchange, requestOf, type Answer } from '../http/exchange.ts';
import { isAccepted, statusWords } from '../question.ts';
import type { ProbeTarget } from '../prober.ts';
import { mostRedirects, redirectOf, type Step } from '../http/redirect.ts';
import { encrypt, hostOf } from '../http/secure.ts';

export type Outcome =
  | { good: true; at: number }
  /** `status` is that of a complete answer that was not good. */
  | ({ good: false; status: number | null } & Trouble);

export interface Attempt {
  readonly startedAt: number;
  /** When the connection was accepted; null: not yet. */
  readonly connectedAt: number | null;
  /** How far the answer has come, in words. */
  progress(): string;
  /** Ends it without an outcome. */
  cancel(): void;
}

export interface AttemptPlan {
  target: Pick<ProbeTarget, 'host' | 'port' | 'readiness'>;
  connectDeadlineMs: number;
  onConnect(attempt: Attempt): void;
  /** Called once, unless the attempt is cancelled. */
  onEnd(attempt: Attempt, outcome: Outcome): void;
}

/** What reads an answer. */
interface Reader {
  readonly isEmpty: boolean;
  readonly progress: string;
}

type HttpReadiness = Extract<ProbeTarget['readiness'], { by: 'http' }>;

export function startAttempt(plan: AttemptPlan): Attempt {
  const { host, port, readiness } = plan.target;
  let over = false;
  let reader: Reader | null = null;
  let via = '';
  const attempt = {
    startedAt: monotonicMs(),
    connectedAt: null as number | null,
    progress: () => reader?.progress ?? 'no answer has arrived',
    cancel: close,
  };
  let socket = dial(port, (at) => {
    attempt.connectedAt = at;
    clearTimeout(deadline);
    plan.onConnect(attempt);
    if (over) return;
    if (readiness.by === 'http') ask(readiness, { port, question: readiness }, mostRedirects);
    else if (readiness.exchange === null) end({ good: true, at });
    else {
      const onGood = (answeredAt: number): void => {
        end({ good: true, at: answeredAt });
      };
      reader = converse(socket, readiness.exchange, onGood, bad);
    }
  });
  const deadline = setTimeout(() => {
    bad(new Error(`the connection was not accepted within ${Math.round(plan.connectDeadlineMs)} ms`));
  }, plan.connectDeadlineMs);
  return attempt;

  function dial(to: number, onConnect: (at: number) => void): Socket {
    const dialled = takeSocket().connect({ host, port: to, noDelay: true, autoSelectFamily: false });
    dialled.on('error', bad);
    dialled.on('connect', () => {
      onConnect(monotonicMs());
    });
    return dialled;
  }

  function ask(wanted: HttpReadiness, step: Step, redirects: number): void {
    try {
      const request = requestOf({ host, port: step.port }, step.question);
      const askOver = (onto: Socket): void => {
        reader = exchange(
          onto,
          request,
          (answer) => {
            onAnswer(wanted, step, redirects, answer);
          },
          bad,
        );
      };
      if (step.question.scheme !== 'https') {
        askOver(socket);
        return;
      }
      encrypt(socket, hostOf({ ...step.question, host })).then((secure) => {
        secure.on('error', bad);
        askOver(secure);
      }, bad);
    } catch (error) {
      bad(error);
    }
  }

  function onAnswer(wanted: HttpReadiness, step: Step, redirects: number, answer: Answer): void {
    const next = redirectOf(answer, wanted, step, host);
    if (next === null) {
      end(judge(answer, wanted));
    } else if (redirects === 0) {
      bad(
        new Error(`it redirects more than ${mostRedirects} times, at last to ${shown(next.question.path)}`),
      );
    } else {
      socket.destroy();
      reader = null;
      via = `redirected to ${shown(answer.location ?? '')}: `;
      socket = dial(next.port, () => {
        ask(wanted, next, redirects - 1);
      });
    }
  }

  function bad(error: unknown): void {
    const trouble = connectionWords(error, attempt.connectedAt === null ? null : (reader ?? noReader));
    end({ good: false, status: null, ...trouble, error: `${via}${trouble.error}` });
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

const noReader: Reader = { isEmpty: true, progress: 'no answer has arrived' };

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

function judge(answer: Answer, wanted: HttpReadiness): Outcome {
  const { status, body, at, location } = answer;
  if (!isAccepted(status, wanted.status)) {
    const to = location === null ? '' : `; it redirects to ${shown(location)}`;
    const error = `answered with status ${status} instead of ${statusWords(wanted.status)}${to}`;
    return { good: false, status, error, looksLike: looksOf(answer) };
  }
  if (wanted.bodyContains !== null && !body.includes(wanted.bodyContains)) {
    const error = `answered ${status} without ${shown(wanted.bodyContains)} in the body, which begins with ${shown(body)}`;
    return { good: false, status, error, looksLike: null };
  }
  return { good: true, at };
}

/** Servers that know both say so in the page of a status 400, each in words of its own. */
function looksOf({ status, body }: Answer): Trouble['looksLike'] {
  return status === 400 && /\b(?:https|tls|ssl)\b/i.test(body) ? 'tls' : null;
}
