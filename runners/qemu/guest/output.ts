/** What a guest's workload prints, as it comes out of its port. */
import { randomBytes } from 'node:crypto';
import { pipeline, Transform, type TransformCallback } from 'node:stream';

/** What the guest writes behind the last of it: text that nobody else can know, and a zero byte before it. */
export type OutputEnd = string;

export function newOutputEnd(): OutputEnd {
  return randomBytes(16).toString('hex');
}

/**
 * @param onEnd called when the end has come; it is not part of what can be read
 * @returns what was printed
 */
export function outputOf(
  port: NodeJS.ReadableStream,
  end: OutputEnd,
  onEnd: () => void,
): NodeJS.ReadableStream {
  const reader = new OutputReader(Buffer.from(`\0${end}`), onEnd);
  // A port that breaks off is one that has ended: the VM was killed.
  return pipeline(port, reader, () => undefined);
}

class OutputReader extends Transform {
  readonly #end: Buffer;
  readonly #onEnd: () => void;
  /** The last bytes so far, which may be the beginning of the end. */
  #held: Buffer = Buffer.alloc(0);

  constructor(end: Buffer, onEnd: () => void) {
    super();
    this.#end = end;
    this.#onEnd = onEnd;
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    const bytes = this.#held.length === 0 ? chunk : Buffer.concat([this.#held, chunk]);
    const at = bytes.indexOf(this.#end);
    const until = at < 0 ? bytes.length - this.#heldBack(bytes) : at;
    this.#held = at < 0 ? bytes.subarray(until) : Buffer.alloc(0);
    if (until > 0) this.push(bytes.subarray(0, until));
    if (at >= 0) this.#onEnd();
    done();
  }

  override _flush(done: TransformCallback): void {
    done(null, this.#held);
  }

  /** How many of the last bytes are the beginning of the end. It has its one zero byte first. */
  #heldBack(bytes: Buffer): number {
    const last = bytes.subarray(-(this.#end.length - 1));
    const at = last.lastIndexOf(0);
    if (at < 0) return 0;
    const candidate = last.subarray(at);
    return this.#end.subarray(0, candidate.length).equals(candidate) ? candidate.length : 0;
  }
}
