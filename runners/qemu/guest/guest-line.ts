/** The line to the guest of one instance: what the guest tells is noted, and it is asked for what only it can do. */
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { MarkBoard } from '../../runner.ts';
import { listenToGuest, type GuestMessage } from './control.ts';
import type { VmObservations } from './diagnose.ts';

const answerTimeoutMs = 10_000;

export interface Noted {
  /** Of the instance. */
  id: string;
  seen: VmObservations;
  marks: MarkBoard;
  /** The guest's first program runs: it has booted. */
  onUp: () => void;
}

export class GuestLine {
  readonly #noted: Noted;
  readonly #memoryAnswers: ((usedBytes: number) => void)[] = [];
  #socket: Socket | null = null;

  constructor(noted: Noted) {
    this.#noted = noted;
  }

  connect(socket: Socket): void {
    this.#socket = socket;
    listenToGuest(socket, (message, at) => {
      this.#note(message, at);
    });
  }

  /** Throws when there is no workload yet that it could be done to. */
  async ask(request: 'stop' | 'memory' | 'kill' | 'panic'): Promise<void> {
    const socket = this.#socket;
    const { id, seen } = this.#noted;
    if (socket === null || seen.lastMark !== 'exec') {
      throw new Error(
        `${id}: the guest cannot be asked to ${request}: its workload has not been started yet`,
      );
    }
    await new Promise<void>((resolve, reject) => {
      socket.write(`${request}\n`, (error) => {
        if (error) reject(error);
        else resolve();
      });
    });
  }

  /** What the guest's kernel could not give away: its MemTotal minus its MemAvailable. */
  async memory(): Promise<number> {
    const answer = new Promise<number>((resolve) => this.#memoryAnswers.push(resolve));
    await this.ask('memory');
    const used = await Promise.race([answer, sleep(answerTimeoutMs, null, { ref: false })]);
    if (used === null)
      throw new Error(`${this.#noted.id}: the guest did not tell its memory within ${answerTimeoutMs} ms`);
    return used;
  }

  powerOff(): void {
    this.#socket?.write('off\n');
  }

  #note(message: GuestMessage, at: number): void {
    const { seen, marks, onUp } = this.#noted;
    switch (message.type) {
      case 'mark':
        seen.lastMark = message.name;
        // Its first program runs a second time.
        if (message.name === 'initrd' && marks.get('initrd') !== undefined) marks.set('restarted', at);
        onUp();
        marks.set(message.name, at);
        break;
      case 'clock': {
        // The guest's clock is only as exact as its calibration; the order of the marks is certain.
        const firmware = marks.get('firmware') ?? marks.get('spawned') ?? at;
        const initrd = marks.get('initrd') ?? at;
        marks.set('firmware', firmware);
        marks.set('kernel', Math.min(Math.max(at - message.sinceMs, firmware), initrd));
        break;
      }
      case 'identified':
        // The workload was started long before, in the machine that the snapshot was taken of.
        seen.lastMark = 'exec';
        onUp();
        break;
      case 'memory':
        this.#memoryAnswers.shift()?.(message.totalBytes - message.availableBytes);
        break;
      case 'not-started':
        seen.notStarted = message;
        break;
      case 'exit':
        seen.workloadExit = message.code;
        marks.set('ended', at);
        break;
      case 'failed':
        seen.guestFailure = message.reason;
        break;
    }
  }
}
