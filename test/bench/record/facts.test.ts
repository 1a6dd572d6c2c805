import { expect, it } from 'vitest';
import { readinessText } from '../../../bench/record/facts.ts';

const textOf = (ready: unknown): string | null =>
  readinessText({ run: { scenario: { name: 'x', workload: { ready } } } });

it.each([
  [{ by: 'http', path: '/', status: 200, bodyContains: null }, 'the first answer to GET / with status 200'],
  [
    { by: 'http', path: '/', status: ['2xx', '3xx', '4xx'], bodyContains: null },
    'the first answer to GET / with status 2xx, 3xx, or 4xx',
  ],
  [
    { by: 'http', path: '/up', status: '2xx', bodyContains: 'ok "', scheme: 'https' },
    'the first answer to GET /up over https with status 2xx that contains "ok \\""',
  ],
  [{ by: 'tcp', exchange: null }, 'the first accepted connection'],
  [{ by: 'tcp', exchange: { send: '', expect: '^220 ' } }, 'the first answer that matches ^220 '],
  [undefined, null],
])('%j is ready with %s', (ready, words) => {
  expect(textOf(ready)).toBe(words);
});
