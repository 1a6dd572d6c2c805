import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { feed, withPrograms, type ProgramSpec } from '../../../runners/payload/stream.ts';

const megabyte = Buffer.alloc(2 ** 20, 'x');
const input = (): Readable => Readable.from(Array.from({ length: 20 }, () => megabyte));
const digest = `sha256:${createHash('sha256')
  .update(Buffer.alloc(20 * 2 ** 20, 'x'))
  .digest('hex')}`;
const never = new AbortController().signal;

describe('feeding a program', () => {
  it.each<[string, ProgramSpec]>([
    ['reads all', ['wc', ['-c']]],
    ['ends before its input has', ['head', ['-c', '1']]],
    ['ends without reading', ['true', []]],
  ])('counts and hashes everything where the program %s', async (_, spec) => {
    const fed = await withPrograms([spec] as const, never, async ([program]) => {
      program.stdout.resume();
      const [result] = await Promise.all([feed(input(), program.stdin), program.finished()]);
      return result;
    });
    expect(fed).toEqual({ digest, bytes: 20 * 2 ** 20 });
  });

  it('leaves it to the program to say that it failed', async () => {
    const failing = withPrograms([['tar', ['--extract', '--to-stdout']]] as const, never, async ([tar]) => {
      tar.stdout.resume();
      await Promise.all([feed(input(), tar.stdin), tar.finished()]);
    });
    await expect(failing).rejects.toThrow(/tar/);
  });
});
