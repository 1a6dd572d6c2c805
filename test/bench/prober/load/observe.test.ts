import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { observe } from '../../../../bench/prober/load/observe.ts';
import type { ObserveOptions } from '../../../../bench/prober/prober.ts';

let server: Server | null = null;
afterEach(() => server?.close());

/** Answers requests until it has answered that many well; then it says 503. */
async function serve(good: number, onAnswer: (count: number) => void): Promise<ObserveOptions> {
  let count = 0;
  const made = createServer((_, response) => {
    count += 1;
    response.writeHead(count <= good ? 200 : 503).end();
    onAnswer(count);
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const { port } = made.address() as AddressInfo;
  return { host: '127.0.0.1', port, path: '/', rps: 200, timeoutMs: 10_000 };
}

it('asks until it is ended, and tells what became of each request, in their order', async () => {
  const end = new AbortController();
  const options = await serve(3, (count) => {
    if (count === 6) end.abort();
  });
  const requests = await observe(options, end.signal);
  expect(requests.length).toBeGreaterThanOrEqual(6);
  expect(requests.filter(({ answeredAt }) => answeredAt !== null)).toHaveLength(3);
  expect(requests.map(({ at }) => at)).toEqual(requests.map(({ at }) => at).toSorted((a, b) => a - b));
});

it('counts a server that is not there as requests that failed', async () => {
  const options = await serve(0, () => undefined);
  await new Promise((resolve) => server?.close(resolve));
  const end = new AbortController();
  setTimeout(() => {
    end.abort();
  }, 100);
  const requests = await observe(options, end.signal);
  expect(requests.length).toBeGreaterThan(0);
  expect(requests.every(({ answeredAt }) => answeredAt === null)).toBe(true);
});
