/** An archive, plain or compressed, on its way through the program that unpacks it. */
import { createReadStream } from 'node:fs';
import { allOrCause, drain, pass, withPrograms, type ProgramSpec } from '../stream.ts';
import { decompressorOf } from './decompress.ts';

/**
 * @param look sees the archive before the program does, and stops it by throwing
 * @throws ProgramError when a program fails
 */
export async function readArchive(
  file: string,
  unpacker: ProgramSpec,
  look: (chunk: Buffer) => void,
  signal: AbortSignal,
): Promise<void> {
  const unzip = await decompressorOf(file);
  if (unzip === null) {
    await withPrograms([unpacker] as const, signal, async ([unpacking]) => {
      await allOrCause([
        pass(createReadStream(file), unpacking.stdin, look),
        drain(unpacking.stdout, null),
        unpacking.finished(),
      ]);
    });
    return;
  }
  await withPrograms([unzip, unpacker] as const, signal, async ([unzipping, unpacking]) => {
    await allOrCause([
      pass(createReadStream(file), unzipping.stdin),
      pass(unzipping.stdout, unpacking.stdin, look),
      drain(unpacking.stdout, null),
      unzipping.finished(),
      unpacking.finished(),
    ]);
  });
}
