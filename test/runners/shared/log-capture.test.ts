import { mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { captureLog } from '../../../runners/shared/log-capture.ts';
import { eventually } from '../machine/local-run.ts';

let folder = '';
let file = '';

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tare-log-'));
  file = join(folder, 'output.log');
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

it('writes all that comes, in its order, and tells each line when it is complete', async () => {
  const output = new PassThrough();
  const told: string[] = [];
  const log = captureLog([output], file, (line) => told.push(line));
  const lines = Array.from({ length: 2000 }, (_, index) => `line ${index}`);
  const text = `${lines.join('\n')}\nwith a return\r\nunended`;
  for (let at = 0; at < text.length; at += 7) output.write(text.slice(at, at + 7));
  output.end();
  await log.closed;
  expect(await readFile(file, 'utf8')).toBe(text);
  expect(told).toEqual([...lines, 'with a return', 'unended']);
  expect(log.tail(2)).toEqual(['with a return', 'unended']);
});

it('makes the file at once, and does not keep it open while nothing is printed', async () => {
  const output = new PassThrough();
  const log = captureLog([output], file, () => undefined);
  await eventually('an empty file', () => readFile(file, 'utf8').catch(() => null));
  output.write('one\n');
  await eventually('the line', async () => ((await readFile(file, 'utf8')) === 'one\n' ? true : null));
  await eventually('the file closed', async () => ((await openFiles()).includes(file) ? null : true));
  output.end('two\n');
  await log.closed;
  expect(await readFile(file, 'utf8')).toBe('one\ntwo\n');
});

it('goes on telling lines where nothing can be written', async () => {
  const output = new PassThrough();
  const told: string[] = [];
  const log = captureLog([output], join(folder, 'missing', 'output.log'), (line) => told.push(line));
  output.end('one\ntwo\n');
  await log.closed;
  expect(told).toEqual(['one', 'two']);
});

async function openFiles(): Promise<string[]> {
  const names = await readdir('/proc/self/fd');
  return Promise.all(names.map((name) => readlink(join('/proc/self/fd', name)).catch(() => '')));
}

it('keeps the beginning and the end of a log that is too long, and says how much is left out', async () => {
  const output = new PassThrough();
  const limits = { headBytes: 10, tailBytes: 5, lineBytes: 100 };
  const log = captureLog([output], file, null, limits);
  output.write('0123456789abc');
  output.end('defghijklmn\nxyz');
  await log.closed;
  expect(await readFile(file, 'utf8')).toBe(
    '0123456789\n[Tare cut the log here: 13 bytes are left out]\nn\nxyz',
  );
  expect(log.tail(2)).toEqual(['n', 'xyz']);
});

it('leaves nothing out of a log that is just as long as what is kept', async () => {
  const output = new PassThrough();
  const log = captureLog([output], file, null, { headBytes: 10, tailBytes: 5, lineBytes: 100 });
  output.end('0123456789abcde');
  await log.closed;
  expect(await readFile(file, 'utf8')).toBe('0123456789abcde');
});

it('tells the beginning of a line without end, and holds little of much output', async () => {
  const output = new PassThrough();
  const told: string[] = [];
  const log = captureLog([output], file, (line) => told.push(line), {
    headBytes: 1000,
    tailBytes: 1000,
    lineBytes: 20,
  });
  const chunk = Buffer.alloc(65_536, 'x');
  output.write('begun ');
  const before = process.memoryUsage().rss;
  for (let at = 0; at < 2000; at += 1) {
    if (!output.write(chunk)) await new Promise((resolve) => output.once('drain', resolve));
  }
  output.end('\nnext\n');
  await log.closed;
  // 125 MiB went through.
  expect(process.memoryUsage().rss - before).toBeLessThan(64 * 2 ** 20);
  expect(told).toEqual([`begun ${'x'.repeat(14)}`, 'next']);
});
