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
