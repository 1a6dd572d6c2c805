/** Kept-alive connections to one server, one question at a time on each; more questions than connections wait their turn. */
import { connect, type Socket } from 'node:net';
import { connectionWords } from '../http/connection-words.ts';
import { exchange, requestOf, type Answer } from '../http/exchange.ts';
import type { Question } from '../question.ts';
import { encrypt, hostOf } from '../http/secure.ts';

interface Asking {
  resolve: (answer: Answer) => void;
  reject: (error: Error) => void;
  /** It has been asked on a kept connection that the server was about to close, and may be asked once more. */
  isSecond: boolean;
}

interface Connection {
  socket: Socket;
  /** What questions go through: the socket, or the encryption over it; null until it stands. */
  over: Socket | null;
  asking: Asking | null;
  /** It has answered before. */
  isUsed: boolean;
  reader: ReturnType<typeof exchange> | null;
}

export class Connections {
  readonly #target: { host: string; port: number } & Question;
  readonly #limits: { most: number; timeoutMs: number };
  readonly #request: string;
  readonly #open = new Set<Connection>();
  readonly #idle: Connection[] = [];
  readonly #queue: Asking[] = [];
  #closed = false;

  /** @throws Error when the path is not as a URL has it */
  constructor(
    target: { host: string; port: number } & Question,
    limits: { most: number; timeoutMs: number },
  ) {
    this.#target = target;
    this.#limits = limits;
    this.#request = requestOf(target, target, 'keep-alive');
  }

  ask(): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.#give({ resolve, reject, isSecond: false });
    });
  }

  close(): void {
    this.#closed = true;
    for (const { socket } of this.#open) socket.destroy();
    for (const { reject } of this.#queue.splice(0)) reject(new Error('it was cancelled'));
  }

  #give(asking: Asking): void {
    const idle = asking.isSecond ? undefined : this.#idle.pop();
    if (idle) this.#ask(idle, asking);
    else if (this.#open.size < this.#limits.most) this.#dial(asking);
    else this.#queue.push(asking);
  }

  #dial(asking: Asking): void {
    const { host, port, scheme } = this.#target;
    const socket = connect({ host, port, noDelay: true, autoSelectFamily: false });
    const connection: Connection = { socket, over: null, asking, isUsed: false, reader: null };
    this.#open.add(connection);
    const fail = (error: Error): void => {
      this.#fail(connection, error);
    };
    socket.setTimeout(this.#limits.timeoutMs, () => {
      if (connection.asking)
        fail(new Error(`no complete answer came within ${this.#limits.timeoutMs / 1000} s`));
    });
    socket.on('error', fail);
    // While a question is under way, the end is its reader's.
    socket.on('end', () => {
      if (!connection.asking) this.#drop(connection);
    });
    socket.on('connect', () => {
      if (scheme !== 'https') this.#begin(connection, socket);
      else {
        encrypt(socket, hostOf(this.#target)).then((secure) => {
          secure.on('error', fail);
          this.#begin(connection, secure);
        }, fail);
      }
    });
  }

  #begin(connection: Connection, over: Socket): void {
    connection.over = over;
    if (connection.asking) this.#ask(connection, connection.asking);
  }

  #ask(connection: Connection, asking: Asking): void {
    connection.asking = asking;
    const { over } = connection;
    if (!over) return;
    const onAnswer = (answer: Answer): void => {
      connection.asking = null;
      connection.isUsed = true;
      asking.resolve(answer);
      const next = answer.persists ? this.#queue.shift() : undefined;
      if (!answer.persists) this.#drop(connection);
      else if (next) this.#ask(connection, next);
      else this.#idle.push(connection);
    };
    connection.reader = exchange(over, this.#request, onAnswer, (error) => {
      this.#fail(connection, error);
    });
  }

  #fail(connection: Connection, error: Error): void {
    const { asking, isUsed, reader } = connection;
    connection.asking = null;
    this.#drop(connection);
    if (!asking) return;
    if (isUsed && reader?.isEmpty === true && !asking.isSecond && !this.#closed) {
      this.#give({ ...asking, isSecond: true });
      return;
    }
    asking.reject(new Error(connectionWords(error, reader).error));
  }

  /** What waits for a connection may now have a new one. */
  #drop(connection: Connection): void {
    connection.socket.destroy();
    if (!this.#open.delete(connection)) return;
    const index = this.#idle.indexOf(connection);
    if (index >= 0) this.#idle.splice(index, 1);
    const next = this.#closed ? undefined : this.#queue.shift();
    if (next) this.#dial(next);
  }
}
