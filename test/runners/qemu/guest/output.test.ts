import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newOutputEnd, outputOf } from '../../../../runners/qemu/guest/output.ts';

async function read(pieces: readonly string[], end: string): Promise<{ text: string; ends: number }> {
  const port = new PassThrough();
  let ends = 0;
  const output = outputOf(port, end, () => {
    ends += 1;
  });
  for (const piece of pieces) port.write(piece);
  port.end();
  return { text: (await buffer(output)).toString(), ends };
}

test('the end is found however it is cut, and is not part of what was printed', async () => {
  const end = newOutputEnd();
  const texts = fc.array(fc.constantFrom('a', '\0', 'line\n', end.slice(0, 3)), { maxLength: 20 });
  const cuts = fc.array(fc.nat({ max: 120 }), { maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(texts, cuts, async (printed, at) => {
      const whole = `${printed.join('')}\0${end}`;
      const sorted = [0, ...at.filter((each) => each < whole.length).sort((a, b) => a - b), whole.length];
      const pieces = sorted.slice(1).map((to, index) => whole.slice(sorted[index], to));
      expect(await read(pieces, end)).toEqual({ text: printed.join(''), ends: 1 });
    }),
  );
});

test('what only begins like the end is printed', async () => {
  expect(await read(['one\0ab', 'c\0', '\0a'], 'abcd')).toEqual({ text: 'one\0abc\0\0a', ends: 0 });
});

test('a port that breaks off has ended', async () => {
  const port = new PassThrough();
  const output = outputOf(port, 'end', () => undefined);
  const closed = new Promise((resolve) => output.once('close', resolve));
  output.resume();
  port.destroy();
  await closed;
});
