/** A pipe of the kernel's own. What Node calls a pipe is a socket, which nobody can open again by its name in /proc. */
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
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

let made = 0;

/** @param folder where it has a name for a moment; any file system of Linux will do */
export async function createPipe(folder: string): Promise<Pipe> {
  made += 1;
  const path = join(folder, `pipe-${process.pid}-${made}`);
  await run('mkfifo', [path]);
  try {
    // Any user of the box may open it again, as programs do that write their log to /dev/stdout.
    await chmod(path, 0o666);
    // Neither call waits: the first is told not to, and the second finds a reader.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(path, constants.O_WRONLY);
    const reader = new Socket({ fd, readable: true, writable: false });
    reader.on('error', () => undefined);
    return {
      reader,
      writer,
      closeWriter: () => {
        closeSync(writer);
      },
    };
  } finally {
    unlinkSync(path);
  }
}
