import { expect, it } from 'vitest';
import { parseWrk } from '../../../../bench/prober/load/closed-loop.ts';

/** As wrk 4.1.0 prints it. */
const printed = `Running 1s test @ http://127.0.0.1:8099/
  1 threads and 4 connections
  Thread Stats   Avg      Stdev     Max   +/- Stdev
    Latency     1.61ms    1.20ms  15.40ms   91.37%
    Req/Sec     2.62k   401.22     3.31k    70.00%
  Latency Distribution
     50%    1.38ms
     75%    1.80ms
     90%  812.00us
     99%    1.02s
  2604 requests in 1.00s, 1.00MB read
  Socket errors: connect 1, read 2, write 3, timeout 4
  Non-2xx or 3xx responses: 100
Requests/sec:   2601.35
Transfer/sec:      1.00MB
`;

it('what wrk prints becomes figures: good answers, errors of every kind, latencies in milliseconds', () => {
  expect(parseWrk(printed)).toEqual({
    durationMs: 1000,
    ok: 2504,
    errors: 110,
    p50: 1.38,
    p90: 0.812,
    p99: 1020,
  });
});

it('without errors there are none', () => {
  const good = printed.replace(/ {2}(Socket|Non).*\n/g, '');
  expect(parseWrk(good)).toMatchObject({ ok: 2604, errors: 0 });
});

it('anything else that is printed is an error with its text', () => {
  expect(() => parseWrk('unable to connect to 127.0.0.1:1 Connection refused')).toThrow(/unable to connect/);
});
