/** Gathers, while an instance is watched, what explains that it does not become ready, and tells each finding once. */
import { connect } from 'node:net';
import { monotonicMs } from '../../../runners/machine/clock.ts';
import type { Trouble } from '../http/connection-words.ts';
import type { ProbeTarget } from '../prober.ts';
import { Seclusion } from './seclusion.ts';
import { encrypt, isNotTls } from '../http/secure.ts';

/** What listens beside the point may be followed at once by what was meant; a finding is told within a second. */
const settleMs = 800;

/** How long after a connection was closed without an answer it is tried in TLS; each wait is this many times the one before. */
const knockAfterMs = 500;
const knockFactor = 8;
const mostKnocks = 3;
const knockTimeoutMs = 3000;

type Listener = { port: number; address: string };

export class Clues {
  readonly #target: Pick<ProbeTarget, 'host' | 'port' | 'readiness' | 'cgroupPath'>;
  /** The kernel tells where it listens. */
  readonly #isTraced: boolean;
  readonly #tell: (text: string) => void;
  readonly #seclusion: Seclusion;
  readonly #found = new Set<string>();
  readonly #listeners = new Map<string, Listener>();
  #timer: NodeJS.Timeout | null = null;
  #connected = false;
  #firstClosedAt: number | null = null;
  #knocks = 0;
  #over = false;

  constructor(
    target: Pick<ProbeTarget, 'host' | 'port' | 'readiness' | 'cgroupPath'>,
    isTraced: boolean,
    tell: (text: string) => void,
    giveUp: () => void,
  ) {
    this.#isTraced = isTraced;
    this.#target = target;
    this.#tell = tell;
    const { cgroupPath } = target;
    this.#seclusion = new Seclusion({ cgroupPath, isSecluded: () => this.#isSecluded(), giveUp });
  }

  /** The kernel saw it listen somewhere. */
  listens(port: number, address: string): void {
    this.#listeners.set(where({ port, address }), { port, address });
    if (this.#connected || this.#over) return;
    if (this.#isSecluded()) this.#seclusion.begin();
    // Many programs talk to themselves, or to whoever debugs them, long before they serve.
    if (port !== this.#target.port && isLoopback(address)) return;
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (!this.#connected && this.#listeners.size > 0) this.#find(this.#whereItListens());
    }, settleMs);
  }

  unlistens(port: number, address: string): void {
    this.#listeners.delete(where({ port, address }));
  }

  connected(): void {
    this.#connected = true;
  }

  /** An attempt has failed. */
  failed({ looksLike }: Trouble): void {
    const { readiness } = this.#target;
    if (looksLike === null || readiness.by !== 'http') return;
    if (looksLike !== 'closed') this.#find(protocolWords[looksLike]);
    else if (readiness.scheme !== 'https') this.#considerTls();
  }

  /** All findings, once it is over and was not ready. */
  end({ refused }: { refused: boolean }): string[] {
    this.stop();
    if (refused && this.#listeners.size > 0) {
      this.#found.add(this.#whereItListens());
    } else if (refused) {
      this.#found.add(
        this.#isTraced ? 'it did not begin to listen on any TCP port' : this.#whereItShouldListen(),
      );
    }
    return [...this.#found];
  }

  stop(): void {
    this.#over = true;
    this.#seclusion.stop();
    if (this.#timer) clearTimeout(this.#timer);
  }

  /** It listens on the port, but only where nothing outside of its box reaches it. */
  #isSecluded(): boolean {
    const onPort = [...this.#listeners.values()].filter(({ port }) => port === this.#target.port);
    return !this.#connected && isOnlyLocal(onPort) && !isLoopback(this.#target.host);
  }

  #whereItListens(): string {
    return whereItListens([...this.#listeners.values()], this.#target.port);
  }

  #whereItShouldListen(): string {
    const { port } = this.#target;
    return `check that the workload listens on port ${port}, and on 0.0.0.0 rather than only on 127.0.0.1`;
  }

  #find(text: string): void {
    if (this.#over || this.#found.has(text)) return;
    this.#found.add(text);
    this.#tell(text);
  }

  #considerTls(): void {
    const now = monotonicMs();
    this.#firstClosedAt ??= now;
    if (this.#knocks >= mostKnocks) return;
    if (now - this.#firstClosedAt < knockAfterMs * knockFactor ** this.#knocks) return;
    this.#knocks += 1;
    speaksTls(this.#target).then(
      (isTls) => {
        if (isTls) this.#find(protocolWords.tls);
      },
      () => undefined,
    );
  }
}

const protocolWords = {
  tls: 'the port speaks TLS; add `scheme: https` to `ready`',
  plain: 'the port does not speak TLS; remove `scheme: https` from `ready`',
  http2: 'the port speaks HTTP/2 only; use `ready: { by: tcp }`, or let the server speak HTTP/1.1 too',
} as const;

/** What is reached only from inside. */
export function isLoopback(address: string): boolean {
  return address.startsWith('127.') || address === '::1';
}

function isOnlyLocal(listeners: readonly Listener[]): boolean {
  return listeners.length > 0 && listeners.every(({ address }) => isLoopback(address));
}

function whereItListens(listeners: readonly Listener[], port: number): string {
  const places = listeners.map(where).join(' and ');
  const onPort = listeners.filter((each) => each.port === port);
  if (onPort.length === 0) {
    return `the workload listens on ${places}, not on port ${port}; change \`port\` in the workload, or the port of the program`;
  }
  const onlyLocal = isOnlyLocal(onPort);
  const why = onlyLocal
    ? 'which nothing outside of its box can reach'
    : 'but refuses connections to its IPv4 address';
  return `the workload listens on ${places}${onlyLocal ? ' only' : ''}, ${why}; make it listen on 0.0.0.0:${port}`;
}

function where({ port, address }: Listener): string {
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}

/** Tries a handshake. An alert is an answer of TLS, too. */
function speaksTls({ host, port }: { host: string; port: number }): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, noDelay: true, autoSelectFamily: false });
    const end = (isTls: boolean): void => {
      clearTimeout(deadline);
      socket.destroy();
      resolve(isTls);
    };
    const deadline = setTimeout(() => {
      end(false);
    }, knockTimeoutMs);
    const onError = (error: NodeJS.ErrnoException): void => {
      end((error.code ?? '').startsWith('ERR_SSL_') && !isNotTls(error));
    };
    socket.on('error', onError);
    socket.on('connect', () => {
      encrypt(socket, host).then((secure) => {
        secure.on('error', onError);
        secure.on('secureConnect', () => {
          end(true);
        });
      }, onError);
    });
  });
}
