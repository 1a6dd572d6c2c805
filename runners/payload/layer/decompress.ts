/** How a layer is compressed, by its first bytes: a manifest may say nothing of it, or something else. */
import { open } from 'node:fs/promises';
import type { ProgramSpec } from '../stream.ts';

interface Form {
  begins: readonly number[];
  program: ProgramSpec;
}

const zstd: ProgramSpec = ['zstd', ['--decompress', '--quiet', '--stdout']];

const forms: readonly Form[] = [
  { begins: [0x1f, 0x8b], program: ['pigz', ['--decompress', '--stdout']] },
  { begins: [0x28, 0xb5, 0x2f, 0xfd], program: zstd },
  // A frame that is to be skipped, of sixteen kinds: pzstd puts one before each of its own.
  ...Array.from({ length: 16 }, (_, kind) => ({ begins: [0x50 + kind, 0x2a, 0x4d, 0x18], program: zstd })),
  { begins: [0x42, 0x5a, 0x68], program: ['bzip2', ['--decompress', '--stdout']] },
  { begins: [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], program: ['xz', ['--decompress', '--stdout']] },
];

const longest = 6;

/** The program that turns a file back; null: it is plain. */
export async function decompressorOf(file: string): Promise<ProgramSpec | null> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(longest), 0, longest, 0);
    const fits = ({ begins }: Form): boolean =>
      bytesRead >= begins.length && begins.every((byte, at) => buffer[at] === byte);
    return forms.find(fits)?.program ?? null;
  } finally {
    await handle.close();
  }
}
