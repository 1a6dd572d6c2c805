/** The key `ready` of a workload: what is asked, and which answer is a good one. */
import { expect, test } from 'vitest';
import { loadQuestionOf } from '../../../bench/prober/question.ts';
import type { ResolvedReadiness } from '../../../scenarios/resolved.ts';
import { load, mistakesOf } from '../scenario-folder.ts';

const scenario = (ready: string): string => `name: s
platforms: [process]
workload:
  name: here
  rootfs: { from: debian, packages: [busybox-static] }
  command: [/bin/busybox]
  port: 80
  ready: ${ready}
`;

const readyOf = (ready: string): ResolvedReadiness => load(scenario(ready)).workload.ready;

test('what is asked may be stated: scheme, headers, statuses, redirects', () => {
  const ready =
    '{ by: http, scheme: https, headers: { Host: shop.example, X-A: "1" }, status: [200, 4xx], redirects: follow }';
  expect(readyOf(ready)).toEqual({
    by: 'http',
    path: '/',
    status: [200, '4xx'],
    bodyContains: null,
    timeoutMs: 60_000,
    scheme: 'https',
    certificate: 'any',
    headers: { Host: 'shop.example', 'X-A': '1' },
    redirects: 'follow',
  });
});

test('what is not stated leaves no trace in the record', () => {
  expect(Object.keys(readyOf('{ by: http, scheme: http, redirects: refuse }'))).toEqual([
    'by',
    'path',
    'status',
    'bodyContains',
    'timeoutMs',
  ]);
});

test('a load asks in the same way, and takes for good what the readiness check does on the same path', () => {
  const ready = readyOf('{ by: http, path: /a, scheme: https, headers: { Host: b }, status: 404 }');
  const asked = { scheme: 'https', headers: { Host: 'b' } };
  expect(loadQuestionOf(ready, '/a')).toEqual({ ...asked, path: '/a', status: ['2xx', 404] });
  expect(loadQuestionOf(ready, '/b')).toEqual({ ...asked, path: '/b' });
  expect(loadQuestionOf(readyOf('{ by: http, redirects: follow }'), '/').status).toEqual(['2xx', '3xx', 200]);
  expect(loadQuestionOf(readyOf('{ by: tcp }'), '/')).toEqual({ path: '/' });
});

test.each([
  ['{ by: http, status: 99 }', 'expected a whole number from 100 to 599'],
  ['{ by: http, status: 6xx }', 'expected a status such as 200, or a class such as 2xx, found "6xx"'],
  ['{ by: http, status: [] }', 'expected at least one status'],
  ['{ by: http, status: { a: 1 } }', 'expected '],
  ['{ by: http, scheme: htps }', 'did you mean "https"?'],
  ['{ by: http, redirects: yes }', 'known here: refuse, follow'],
  ['{ by: http, headers: { "a b": c } }', 'expected the name of a header, such as Host'],
  ['{ by: http, headers: { Connection: close } }', 'is a header that the prober sets itself'],
  ['{ by: http, headers: { Host: 8080 } }', 'put numbers and yes/no in quotes'],
  ['{ by: http, headers: { Host: "a\\r\\nX: y" } }', 'expected printable ASCII text on one line'],
  ['{ by: http, headers: [Host] }', 'expected a mapping, found a list'],
  ['{ by: tcp, headers: { Host: a } }', 'unknown key "headers"'],
])('%s is refused with what would be right', (ready, words) => {
  expect(mistakesOf(scenario(ready)).join('\n')).toContain(words);
});
