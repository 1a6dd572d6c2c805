/**
 * What can go wrong, made to go wrong for real: workloads that misbehave, signals, kills, a full disk. After each,
 * nothing of ours may be left, and nothing that was finished may be lost.
 */
import { once } from 'node:events';
import { readFile, mkdir, readdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { run } from '../../../runners/machine/command.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario, type TestScenario } from '../../support/scenario-file.ts';
import { makeSandbox, startTare, tare, type Sandbox } from '../../support/tare.ts';

beforeAll(async () => {
  const first = await makeSandbox();
  const { code, stderr } = await tare(first, ['build', 'tiny']);
  expect(code, stderr).toBe(0);
  await first.remove();
});

/** Several tests run at the same time, so each has a sandbox of its own. */
const test = it.extend<{ box: Sandbox }>({
  // Vitest reads from the braces what a fixture uses.
  // eslint-disable-next-line no-empty-pattern
  box: async ({}, use) => {
    const box = await makeSandbox();
    await use(box);
    expect(await leftovers(box)).toEqual([]);
    await box.remove();
  },
});

async function runFault(
  box: Sandbox,
  fault: TestScenario,
  env: Record<string, string> = {},
): Promise<{ code: number; record: RunRecord; stderr: string }> {
  const file = await writeScenario(box.folder, 'fault', fault);
  const { code, stdout, stderr } = await tare(box, ['run', file, '--json', '--out', 'out'], env);
  expect(stdout, stderr).not.toBe('');
  return { code, stderr, record: JSON.parse(stdout) as RunRecord };
}

const quickly = { by: 'http', path: '/health', status: 200, timeout: '3s' };
const serveBy = (...program: string[]): string[] => [
  '/bin/busybox',
  'nc',
  '-ll',
  '-p',
  '${port}',
  '-e',
  ...program,
];

// Two at a time: most of it is waiting for what never comes.
describe('a workload that misbehaves is a failure of its class, never a sample', { concurrent: true }, () => {
  test.for([
    [
      'exits at once',
      'exited',
      { command: ['/bin/busybox', 'sh', '-c', 'echo no luck; exit 3'] },
      /exit code 3/,
    ],
    [
      'never listens',
      'not-listening',
      { command: ['/bin/busybox', 'sleep', '100'], ready: quickly },
      /within 3 s/,
    ],
    [
      'answers 500',
      'bad-answer',
      {
        command: serveBy('/bin/busybox', 'printf', 'HTTP/1.1 500 No\\r\\nContent-Length: 0\\r\\n\\r\\n'),
        ready: quickly,
      },
      /status 500/,
    ],
    [
      'hangs',
      'not-ready',
      { command: serveBy('/bin/busybox', 'sleep', '100'), ready: quickly },
      /no answer has arrived/,
    ],
    ['is killed for memory', 'out-of-memory', { command: ['/bin/busybox', 'tail', '/dev/zero'] }, /memory/],
  ] as const)('%s: %s', async ([, failureCode, workload, message], { box }) => {
    const { code, record } = await runFault(box, { workload, platforms: ['process', 'runc'] });
    expect(code).toBe(4);
    expect(record.run.status).toBe('failed');
    expect(record.results.filter((entry) => entry.metric === 'startup.ready')).toEqual([]);
    expect(record.failures.map((failure) => [failure.platform, failure.code]).sort()).toEqual([
      ['process', failureCode],
      ['process', failureCode],
      ['runc', failureCode],
      ['runc', failureCode],
    ]);
    for (const failure of record.failures) expect(failure.message).toMatch(message);
  });

  test('keeps the last log lines and the log’s path', async ({ box }) => {
    const command = ['/bin/busybox', 'sh', '-c', 'echo the last words; exit 3'];
    const { record } = await runFault(box, { workload: { command }, platforms: ['process'] });
    const failure = record.failures[0];
    expect(failure?.lines).toContain('the last words');
    expect(await readFile(join(box.folder, 'out', failure?.log ?? ''), 'utf8')).toContain('the last words');
  });

  test('does not keep the other platforms from being measured', async ({ box }) => {
    // Twelve megabytes of shared memory: fits into the one limit and not into the other.
    const fill = '/bin/busybox head -c 12000000 /dev/zero > /dev/shm/x';
    const serve = 'exec /bin/busybox httpd -f -p 8080 -h /srv/www';
    const command = ['/bin/busybox', 'sh', '-c', `${fill} && ${serve}`];
    const small = { id: 'small', runner: 'process', limits: { cpus: 1, memory: '8MiB' } };
    const { code, record } = await runFault(box, { workload: { command }, platforms: ['process', small] });
    expect(code).toBe(4);
    expect(record.run.status).toBe('partial');
    const started = record.results.filter((entry) => entry.metric === 'startup.ready');
    expect(started.map((entry) => [entry.platform, entry.samples.length])).toEqual([['process', 2]]);
    expect(record.failures.map((failure) => [failure.platform, failure.code])).toEqual([
      ['small', 'out-of-memory'],
      ['small', 'out-of-memory'],
    ]);
  });
});

test('a box whose limits are not in force on its workload gives no figure', async ({ box }) => {
  const runtimes = fileURLToPath(new URL('../../fixtures/runtimes', import.meta.url));
  const { code, record } = await runFault(
    box,
    {
      platforms: ['runc', { id: 'free', runner: 'oci', runtime: 'runc-unlimited' }],
      measures: { startup: { samples: 1 }, memory: { samples: 1, settle: '1ms' } },
      more: { baseline: 'runc' },
    },
    { PATH: `${runtimes}:${process.env['PATH'] ?? ''}` },
  );
  expect(code).toBe(4);
  expect(new Set(record.results.map(({ platform }) => platform))).toEqual(new Set(['runc']));
  expect(record.failures.map(({ code: failed }) => failed)).toEqual(['start-failed', 'start-failed']);
  for (const { message } of record.failures)
    expect(message).toMatch(
      /none .* is held to the limits .*: memory: 64 MiB \(asked for: 64 MiB\), CPUs: no limit \(asked for: 1\)$/,
    );
});

describe('a machine that cannot', () => {
  test('skips a platform whose program is missing, and says what to install', async ({ box }) => {
    const { code, record } = await runFault(box, {
      platforms: ['process', { id: 'other', runner: 'oci', runtime: 'no-such-runtime' }],
    });
    expect(code).toBe(0);
    expect(record.run.status).toBe('partial');
    const skipped = record.platforms.find((platform) => platform.id === 'other')?.skipped;
    expect(skipped?.reason).toContain('no-such-runtime');
    expect(skipped?.remedy).not.toBe('');
  });

  test('ends with exit 3 when nothing is left, or when what is missing is required', async ({ box }) => {
    const missing = { id: 'other', runner: 'oci', runtime: 'no-such-runtime' };
    const nothing = await writeScenario(box.folder, 'nothing', {
      platforms: [missing],
      more: { baseline: 'other' },
    });
    expect((await tare(box, ['run', nothing])).code).toBe(3);
    const required = await writeScenario(box.folder, 'required', {
      platforms: ['process', { ...missing, required: true }],
    });
    const { code, stderr } = await tare(box, ['run', required]);
    expect(code).toBe(3);
    expect(stderr).toContain('no-such-runtime');
    expect(stderr).not.toContain('    at ');
  });

  test('says so when the disk of the cache is full, and leaves no half entry', async ({ box }) => {
    const cache = join(box.folder, 'small-cache');
    await mkdir(cache);
    await run('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', cache]);
    try {
      const { code, stderr } = await tare(box, ['run', 'tiny', '--platform', 'process'], {
        TARE_CACHE_DIR: cache,
      });
      expect([3, 4]).toContain(code);
      expect(stderr).toMatch(/no space left|disk.*full/i);
      expect(stderr).not.toContain('    at ');
      const payloads = await readdir(join(cache, 'payloads')).catch(() => []);
      expect(payloads).toEqual([]);
    } finally {
      await run('umount', [cache]);
    }
  });
});

describe('what must not matter', () => {
  test('a port that is in use on this machine is free in every instance', async ({ box }) => {
    const server = createServer().listen(8080);
    await once(server, 'listening');
    try {
      const { code, record } = await runFault(box, { platforms: ['process', 'runc'] });
      expect(code).toBe(0);
      expect(record.run.status).toBe('complete');
    } finally {
      server.close();
    }
  });
});

const longRun = { platforms: ['process', 'runc'], measures: { startup: { samples: 200 }, stop: {} } };

/** Journal lines that are samples, in the order in which they were written. */
async function journaledSamples(folder: string): Promise<string[]> {
  const text = await readFile(join(folder, 'events.ndjson'), 'utf8').catch(() => '');
  return text.split('\n').filter((line) => line.startsWith('{"type":"sample"') && line.endsWith('}'));
}

// These too: what is stopped may be stopped at any moment.
describe('interruption', { concurrent: true }, () => {
  test.for([0, 400, 1500, 3000])(
    'Ctrl-C %i ms after the first sign of life ends with 130 and cleans up',
    async (delayMs, { box }) => {
      const file = await writeScenario(box.folder, 'long', longRun);
      const child = startTare(box, ['run', file, '--out', 'out']);
      await child.says('looking at the machine');
      await sleep(delayMs);
      process.kill(child.pid, 'SIGINT');
      expect(await child.exited).toMatchObject({ code: 130 });
      expect(child.stderr()).not.toContain('    at ');
    },
  );

  test('SIGTERM ends with 143 and keeps what was sampled', async ({ box }) => {
    const file = await writeScenario(box.folder, 'long', longRun);
    const child = startTare(box, ['run', file, '--out', 'out']);
    await child.says('block 2 of');
    process.kill(child.pid, 'SIGTERM');
    expect(await child.exited).toMatchObject({ code: 143 });
    const record = JSON.parse(await readFile(join(box.folder, 'out', 'run.json'), 'utf8')) as RunRecord;
    expect(record.run.status).toBe('partial');
    expect(record.results.find((entry) => entry.metric === 'startup.ready')?.samples.length).toBeGreaterThan(
      1,
    );
  });

  test('kill -9 at five moments: tare clean removes all, no finished sample is lost, the run can be resumed', async ({
    box,
  }) => {
    const measures = { startup: { samples: 12 }, stop: {} };
    const file = await writeScenario(box.folder, 'killed', { ...longRun, measures });
    const out = join(box.folder, 'out');
    let before: string[] = [];
    for (let kill = 0; kill < 5; kill += 1) {
      const args = kill === 0 ? ['run', file, '--out', 'out'] : ['run', '--resume', 'out'];
      const child = startTare(box, args);
      await child.says('looking at the machine');
      // Between set-up and the middle of a start or a stop; the storm draws many more.
      await sleep(250 + kill * 274);
      process.kill(child.pid, 'SIGKILL');
      await child.exited;
      const clean = await tare(box, ['clean']);
      expect(clean.code, clean.stderr).toBe(0);
      expect(await leftovers(box)).toEqual([]);
      const after = await journaledSamples(out);
      expect(after.slice(0, before.length)).toEqual(before);
      before = after;
    }
    const { code, stdout } = await tare(box, ['run', '--resume', 'out', '--json']);
    expect(code).toBe(0);
    const record = JSON.parse(stdout) as RunRecord;
    for (const platform of ['process', 'runc']) {
      const startup = record.results.find(
        (entry) => entry.platform === platform && entry.metric === 'startup.ready',
      );
      expect(startup?.samples.map((sample) => sample.block)).toEqual(
        Array.from({ length: 13 }, (_, block) => block),
      );
    }
    expect((await journaledSamples(out)).slice(0, before.length)).toEqual(before);
  });

  test('two runs at the same time do not touch each other, and clean leaves live runs alone', async ({
    box,
  }) => {
    const file = await writeScenario(box.folder, 'two', {
      platforms: ['process', 'runc'],
      measures: { startup: { samples: 5 } },
    });
    const first = tare(box, ['run', file, '--json', '--out', 'first']);
    const second = startTare(box, ['run', file, '--out', 'second']);
    await second.says('block 1 of');
    const clean = await tare(box, ['clean']);
    expect(clean.code, clean.stderr).toBe(0);
    expect(await second.exited).toMatchObject({ code: 0 });
    expect(JSON.parse((await first).stdout)).toMatchObject({ run: { status: 'complete' }, failures: [] });
    const record = JSON.parse(await readFile(join(box.folder, 'second', 'run.json'), 'utf8')) as RunRecord;
    expect(record).toMatchObject({ run: { status: 'complete' }, failures: [] });
  });
});
