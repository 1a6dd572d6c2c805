/** Closed-loop load by wrk: each connection asks again as soon as it was answered. In this program's network namespace. */
import { run } from '../../../runners/machine/command.ts';
import { readProcessStat } from '../../../runners/machine/process-stat.ts';
import { findProgram } from '../../../runners/machine/programs.ts';
import type { ClosedLoopOptions, ClosedLoopResult } from '../prober.ts';

/** wrk takes whole seconds. */
const secondMs = 1000;

/** @throws Error when wrk is not installed or cannot run, when cancelled, and when no request at all was answered well */
export async function runClosedLoop(
  options: ClosedLoopOptions,
  signal: AbortSignal,
): Promise<ClosedLoopResult> {
  const { host, port, path, scheme = 'http', headers = {}, connections, durationMs } = options;
  if ((await findProgram('wrk')) === null) {
    throw new Error(
      'wrk is not installed, which loads the instance; install it (Debian: apt-get install wrk)',
    );
  }
  const before = await childrenCpuMs();
  const { stdout } = await run(
    'wrk',
    [
      ...['--threads', '1', '--connections', String(connections), '--timeout', '10s', '--latency'],
      ...['--duration', `${Math.max(1, Math.round(durationMs / secondMs))}s`],
      ...Object.entries(headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]),
      `${scheme}://${host}:${port}${path}`,
    ],
    { signal },
  );
  const result = parseWrk(stdout);
  if (result.ok === 0)
    throw new Error(`none of the requests to ${path} was answered well:\n${stdout.trim()}`);
  return { ...result, cpuMs: (await childrenCpuMs()) - before };
}

/** Children that have ended. Nothing else that this program starts ends while a load runs. */
async function childrenCpuMs(): Promise<number> {
  return (await readProcessStat(process.pid))?.childrenCpuMs ?? 0;
}

/** What wrk 4 prints. Its timeouts are requests that are answered late, and count as errors here. */
export function parseWrk(text: string): Omit<ClosedLoopResult, 'cpuMs'> {
  const [, requests, seconds] = / (\d+) requests in ([\d.]+\w+),/.exec(text) ?? [];
  if (requests === undefined || seconds === undefined)
    throw new Error(`wrk printed something else:\n${text.trim()}`);
  const failed = [...text.matchAll(/(?:connect|read|write|timeout) (\d+)/g)].map(([, count]) =>
    Number(count),
  );
  const refused = Number(/Non-2xx or 3xx responses: (\d+)/.exec(text)?.[1] ?? 0);
  const latency = (percent: number): number =>
    timeMs(new RegExp(`^ +${percent}% +(\\S+)$`, 'm').exec(text)?.[1] ?? '');
  return {
    durationMs: timeMs(seconds),
    ok: Number(requests) - refused,
    errors: refused + failed.reduce((sum, each) => sum + each, 0),
    ...{ p50: latency(50), p90: latency(90), p99: latency(99) },
  };
}

const factors: Readonly<Record<string, number>> = { us: 0.001, ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** `812.00us`, `1.03ms`, `30.01s`. */
function timeMs(text: string): number {
  const [, value, unit] = /^([\d.]+)([a-z]+)$/.exec(text) ?? [];
  const factor = factors[unit ?? ''];
  if (value === undefined || factor === undefined) throw new Error(`wrk printed "${text}" for a time`);
  return Number(value) * factor;
}
