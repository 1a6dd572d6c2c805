/** Gates in a repository of the test's own: a commit that makes things worse turns the check red, its revert green. */
import { appendFile, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomBytes } from 'node:crypto';
import type { RunRecord } from '../../../bench/record/schema.ts';
import { run } from '../../../runners/machine/command.ts';
import { leftovers } from '../../support/leftovers.ts';
import { writeScenario } from '../../support/scenario-file.ts';
import { makeSandbox, tare, type Sandbox } from '../../support/tare.ts';

let box: Sandbox;
const gates = [
  // The start is mostly a sleep, so that a busy machine changes it little; the margin is wide, and what fails lies far beyond.
  { metric: 'startup.ready', platform: 'runc', 'worse-by': '150%' },
  { metric: 'image.transfer', platform: 'runc', 'worse-by': '1%' },
];

const git = (...args: string[]): Promise<unknown> =>
  run('git', ['-C', box.folder, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args]);

async function measure(name: string): Promise<void> {
  const { code, stderr } = await tare(box, ['run', 'app.yaml', '--out', name]);
  expect(code, stderr).toBe(0);
}

/**
 * As a run of a version without a canary: whether the machine has changed its speed since then depends on what runs beside this
 * file. Tests of regression.ts say what that does to a gate.
 */
async function dropCanary(name: string): Promise<void> {
  const path = join(box.folder, name, 'run.json');
  const { canary, ...record } = JSON.parse(await readFile(path, 'utf8')) as RunRecord;
  expect(canary?.samples.length).toBeGreaterThan(0);
  await writeFile(path, JSON.stringify(record));
}

/** The commit: what is served, and how long the program takes before it serves. */
async function commit(
  message: string,
  { delaySeconds, ballast }: { delaySeconds: number; ballast: number },
): Promise<void> {
  await mkdir(join(box.folder, 'www'), { recursive: true });
  await writeFile(join(box.folder, 'www', 'ballast'), randomBytes(ballast));
  const command = `sleep ${delaySeconds}; exec /bin/busybox httpd -f -p "$0" -h /srv/www`;
  await writeScenario(box.folder, 'app', {
    workload: { command: ['/bin/busybox', 'sh', '-c', command, '${port}'] },
    files: [{ from: 'www/ballast', to: '/srv/www/ballast' }],
    platforms: ['runc'],
    measures: { startup: { samples: 6 }, image: {} },
    more: { gates },
  });
  await git('add', 'app.yaml', 'www');
  await git('commit', '-qm', message);
}

beforeAll(async () => {
  box = await makeSandbox();
  await run('git', ['init', '-q', box.folder]);
  await appendFile(
    join(box.folder, '.git', 'info', 'exclude'),
    'base\nfirst\nworse\nagain\nfew\nothers\nstate\nrun\n',
  );
  await commit('A small server', { delaySeconds: 0.3, ballast: 1000 });
  await measure('first');
  await dropCanary('first');
  const { code, stdout, stderr } = await tare(box, ['check', 'first', '--update']);
  expect(code, stderr).toBe(0);
  expect(stdout).toContain('new reference: ');
  await git('add', 'tare-references');
  await git('commit', '-qm', 'The reference');
});
afterAll(async () => {
  expect(await leftovers(box)).toEqual([]);
  await box.remove();
});

describe('tare check in a repository', () => {
  it('turns red with what makes the image larger and the start slower, and says how much and how sure', async () => {
    await commit('More to serve, later', { delaySeconds: 2.5, ballast: 600_000 });
    await measure('worse');
    const { code, stdout, stderr } = await tare(box, ['check', 'worse', '--reporter', 'junit=j.xml']);
    expect(code, stderr).toBe(1);
    const said = stdout.replace(/\s+/g, ' ');
    expect(said).toMatch(
      /gate FAIL: startup\.ready runc: expected startup\.ready of runc at most 150 % worse than first, found \d+ % slower: [23]\.\d+ s, was \d+ ms; 95 % interval \+\d+ % to \+\d+ % \(the whole interval lies beyond 150 % \(p = 0\.002; 6 and 6 samples\)\)/,
    );
    expect(said).toMatch(/gate FAIL: image\.transfer runc \S+ compression=gzip: .* found \d+ % larger: /);
    expect(said).toContain('note: runc: payload digest: ');
    expect(await readFile(join(box.folder, 'j.xml'), 'utf8')).toMatch(/failures="3"/);
  });

  it('turns green again with the revert', async () => {
    await git('revert', '--no-edit', 'HEAD');
    await measure('again');
    const { code, stdout, stderr } = await tare(box, ['check', 'again', '--fail-on-inconclusive']);
    expect(stdout).toMatch(/3 gates: 3 passed/);
    expect(code, stderr).toBe(0);
  });

  it('samples both sides in turn while a gate is inconclusive and time is left', async () => {
    for (const name of ['few', 'others']) {
      const args = [
        'run',
        'app.yaml',
        '--platform',
        'runc',
        '--measure',
        'startup',
        '--samples',
        '2',
        '--out',
        name,
      ];
      expect((await tare(box, args)).code).toBe(0);
      await dropCanary(name);
    }
    const { stdout, stderr } = await tare(box, [
      'check',
      'others',
      '--against',
      'few',
      '--budget',
      '1s',
      '--json',
    ]);
    const record = JSON.parse(stdout) as RunRecord;
    expect(record.gates[0]?.verdict, `${stderr}${record.gates[0]?.detail ?? ''}`).toBe('pass');
    const reference = JSON.parse(await readFile(join(box.folder, 'few', 'run.json'), 'utf8')) as RunRecord;
    for (const {
      run: { extensions },
      results,
    } of [record, reference]) {
      expect(extensions).toBe(2);
      const ready = results.find(({ metric }) => metric === 'startup.ready');
      expect(ready?.samples.map((sample) => sample.excluded !== undefined)).toEqual(
        // The warm-up and 2; then twice a warm-up and 3.
        [true, false, false, true, false, false, false, true, false, false, false],
      );
    }
    // One look was added of the four that share the error.
    expect(record.gates[0]?.detail).toContain('one of 4 looks');
  });

  it('tests its own gates: identical starts, and a slowdown that was injected', async () => {
    const { code, stdout, stderr } = await tare(box, [
      'check',
      'first',
      '--self-test',
      '--inject',
      '300%',
      '--update',
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /startup\.ready runc: noise floor [\d.]+ %; of trials with 6 samples a side, a slowdown of 300 % found in \d+ %/,
    );
    const tested = JSON.parse(
      await readFile(join(box.folder, 'first', 'self-test', 'run.json'), 'utf8'),
    ) as RunRecord;
    expect(tested.fairness.map((finding) => finding.code)).toContain('start-delay');
    const median = (platform: string): number =>
      tested.results.find((result) => result.platform === platform && result.metric === 'startup.ready')
        ?.summary.median ?? 0;
    expect(median('runc-slow')).toBeGreaterThan(2 * median('runc-again'));
    // Kept with the reference, and shown by later checks.
    const later = await tare(box, ['check', 'again']);
    expect(later.stdout.replace(/\s+/g, ' ')).toMatch(/self-test: noise floor [\d.]+ %/);
  });
});
