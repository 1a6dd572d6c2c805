/** A pipe of the kernel's own. What Node calls a pipe is a socket, which nobody can open again by its name in /proc. */
import { chmodSync, closeSync, constants, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { run } from './command.ts';

export interface Pipe {
  /** What was written, for whoever listens. It ends when nobody has it open for writing any more. */
  readonly reader: Socket;
  /** Number of the open file, for a program that is started. */
  readonly writer: number;
  /** This process's own hold on the writing end; without it the pipe would never end. */
  closeWriter(): void;
}

/** They are made this many at a time, since the program that makes them takes longer than they do. */
const batch = 8;
let made = 0;
/** Both ends of each that is not in use yet. */
const spare: { fd: number; writer: number }[] = [];

/** @param folder where they have a name for a moment; any file system of Linux will do */
export async function createPipe(folder: string): Promise<Pipe> {
  const { fd, writer } = spare.pop() ?? (await makeBatch(folder));
  const reader = new Socket({ fd, readable: true, writable: false });
  reader.on('error', () => undefined);
  return {
    reader,
    writer,
    closeWriter: () => {
      closeSync(writer);
    },
  };
}

/** @returns one of them; the others are spare */
async function makeBatch(folder: string): Promise<{ fd: number; writer: number }> {
  const paths = Array.from({ length: batch }, () => {
    made += 1;
    return join(folder, `pipe-${process.pid}-${made}`);
  });
  try {
    await run('mkfifo', paths);
    const ends = paths.map((path) => {
      // Any user of the box may open it again, as programs do that write their log to /dev/stdout.
      chmodSync(path, 0o666);
      // Neither call waits: the first is told not to, and the second finds a reader.
      return {
        fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
        writer: openSync(path, constants.O_WRONLY),
      };
    });
    const [first, ...rest] = ends;
    if (!first) throw new Error('a batch has at least one pipe');
    spare.push(...rest);
    return first;
  } finally {
    for (const path of paths) rmSync(path, { force: true });
  }
}
