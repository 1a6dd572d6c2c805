import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { exitCodes, TareError } from '../../../bench/environment/errors.ts';
import { reportError } from '../../../bench/cli/report-error.ts';
import { run, SpawnError } from '../../../runners/machine/command.ts';
import { KernelLimitError } from '../../../runners/machine/kernel/kernel-limits.ts';
import { ImageError, IncompleteImageError, UnfitImageError } from '../../../runners/payload/error.ts';
import { ScenarioError } from '../../../scenarios/loader/error.ts';
import { testContext, textStream } from '../../support/context.ts';

const tell = (error: unknown, verbose = false): { code: number; text: string } => {
  const { stream, text } = textStream();
  const code = reportError(error, stream, { verbose, context: testContext('/tmp') });
  return { code, text: text() };
};
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    () => {
      throw new Error('it did not fail');
    },
    (error: unknown) => error,
  );

describe('reporting an error', () => {
  it('tells a foreseen one in its own words, with its exit code and without a stack', async () => {
    const foreseen = [
      new TareError('the folder is not empty', exitCodes.usage),
      new ScenarioError([{ file: 'a.yaml', line: 1, column: 2, message: 'unknown key' }]),
      await failureOf(run('no-such-program', [])),
      await failureOf(readFile('/no/such/file')),
      new SpawnError('no-such-program', []),
      new ImageError('The image is broken', 'Pull it again'),
      new UnfitImageError('The image is for arm64', 'Choose one for amd64'),
      new IncompleteImageError('The image says no command', 'Give command'),
      new KernelLimitError('no more processes: raise pid_max'),
    ].map((error) => tell(error));
    expect(foreseen.map(({ code }) => code)).toEqual([2, 2, 4, 4, 4, 4, 3, 2, 4]);
    for (const { text } of foreseen) {
      expect(text).toMatch(/^tare: /);
      expect(text).not.toMatch(/\n\s+at |bug/);
    }
  });

  it.each([
    ['EROFS', 'mkdir', 'That is on a read-only file system; choose another place: --out'],
    ['EACCES', 'open', 'This user may not do that there; choose another place: --out'],
    ['ENOENT', 'mkdir', 'No folder can be made there; choose another place: --out'],
    ['ENOSPC', 'write', 'No space is left there; free some, or choose another place: --out'],
  ])('says what helps when the system answers %s to %s', (code, syscall, remedy) => {
    const message = `${code}: refused, ${syscall} '/home/tare'`;
    const { text } = tell(Object.assign(new Error(message), { code, syscall, path: '/home/tare' }));
    expect(text.startsWith(`tare: ${message}\n  ${remedy}`)).toBe(true);
  });

  it('calls an unforeseen one a bug, and shows where with -v', () => {
    const error = new TypeError('x is not a function');
    expect(tell(error)).toEqual({
      code: 4,
      text: 'tare: x is not a function\nThis is a bug in tare. -v shows where it happened.\n',
    });
    expect(tell(error, true).text).toMatch(/\n\s+at /);
  });

  it('says nothing more after a signal', () => {
    const { stream, text } = textStream();
    const signal = AbortSignal.abort('SIGTERM');
    const code = reportError(new Error('aborted'), stream, {
      verbose: false,
      context: testContext('/tmp', signal),
    });
    expect([code, text()]).toEqual([143, '']);
  });
});
