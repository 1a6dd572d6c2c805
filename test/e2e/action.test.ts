/**
 * The workflow of docs/ci.md, as pasted, in a repository of the test's own: every step of it and of the action is carried out, except
 * those that use actions of others. A commit that makes things worse turns it red, its revert green.
 */
import { randomBytes } from 'node:crypto';
import { cp, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Reference } from '../../bench/store/reference.ts';
import { run } from '../../runners/machine/command.ts';
import { runJob, type JobResult, type Workflow } from '../support/action-runner.ts';
import { leftovers } from '../support/leftovers.ts';
import { writeScenario } from '../support/scenario-file.ts';
import { makeSandbox, type Sandbox } from '../support/tare.ts';

const project = fileURLToPath(new URL('../../', import.meta.url));
let box: Sandbox;
let repository: string;
let workflow: Workflow;
let jobs = 0;
let lastTemp: string | null = null;

const git = (...args: string[]): Promise<unknown> =>
  run('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@localhost', ...args]);

/** What is served, and how long the program takes before it serves: the start is mostly a sleep, whatever else the machine does. */
async function commit(
  message: string,
  { delaySeconds, ballast }: { delaySeconds: number; ballast: number },
): Promise<void> {
  await mkdir(join(repository, 'www'), { recursive: true });
  await writeFile(join(repository, 'www', 'ballast'), randomBytes(ballast));
  const command = `sleep ${delaySeconds}; exec /bin/busybox httpd -f -p "$0" -h /srv/www`;
  await writeScenario(repository, 'weight', {
    workload: { command: ['/bin/busybox', 'sh', '-c', command, '${port}'] },
    files: [{ from: 'www/ballast', to: '/srv/www/ballast' }],
    platforms: ['runc'],
    measures: { startup: { samples: 6 }, image: {} },
    more: {
      gates: [
        // Wide, so that a busy machine does not fail it; what fails lies far beyond.
        { metric: 'startup.ready', platform: 'runc', 'worse-by': '100%' },
        { metric: 'image.transfer', platform: 'runc', 'worse-by': '1%' },
      ],
    },
  });
  await git('add', '.');
  await git('commit', '-qm', message);
}

/** A job with an empty folder for its files, into which comes from the one before what actions/cache would bring. */
async function job(inputs: Record<string, string> = {}): Promise<JobResult & { temp: string }> {
  jobs += 1;
  const temp = join(box.folder, `job${jobs}`);
  await mkdir(temp);
  if (lastTemp !== null) {
    for (const kept of ['tare-cache.tar.zst', 'tare-history']) {
      await cp(join(lastTemp, kept), join(temp, kept), { recursive: true });
    }
  }
  const result = await runJob(workflow, {
    workspace: repository,
    action: project,
    temp,
    inputs,
    env: box.env,
  });
  lastTemp = temp;
  await rm(join(temp, 'tare-cache'), { recursive: true });
  return { ...result, temp };
}

beforeAll(async () => {
  box = await makeSandbox();
  repository = join(box.folder, 'repository');
  await run('git', ['init', '-q', repository]);
  const page = await readFile(join(project, 'docs', 'ci.md'), 'utf8');
  const [, pasted = ''] = /`\.github\/workflows\/weight\.yml`:\n\n```yaml\n(.*?)```/s.exec(page) ?? [];
  workflow = parse(pasted) as Workflow;
  await commit('A small server', { delaySeconds: 0.4, ballast: 1000 });
});
afterAll(async () => {
  expect(await leftovers({ ...box, cache: join(box.folder, 'job1', 'tare-cache') })).toEqual([]);
  await box.remove();
});

describe('the action', () => {
  it('makes the first reference when asked, and leaves it in the artifact', async () => {
    const { code, log, used } = await job({ update: 'true' });
    expect(code, log).toBe(0);
    expect(log).toContain('new reference: ');
    const artifact = used.find(({ uses }) => uses.startsWith('actions/upload-artifact@'))?.with['path'] ?? '';
    const references = join(repository, 'tare-references');
    await cp(join(artifact, 'tare-references'), references, { recursive: true });
    for (const name of await readdir(references)) {
      // As a version without a canary made it: whether the machine changes its speed depends on what runs beside this file.
      const { canary, ...reference } = JSON.parse(
        await readFile(join(references, name), 'utf8'),
      ) as Reference;
      expect(canary?.samples.length).toBeGreaterThan(0);
      await writeFile(join(references, name), JSON.stringify(reference));
    }
    await git('add', 'tare-references');
    await git('commit', '-qm', 'The reference');
  });

  it('turns red with a commit that makes the image larger and the start slower', async () => {
    await commit('More to serve, later', { delaySeconds: 3, ballast: 600_000 });
    const { code, log, summary, used } = await job();
    expect(code, log).toBe(1);
    const found =
      /expected startup\.ready of runc at most 100 % worse than [0-9a-f]{7,}, found \d+ % slower: [\d.]+ s, was [\d.]+ m?s; 98\.75 % interval \+\d+ % to \+\d+ % \(the whole interval lies beyond 100 % \(p [<=] 0\.\d+, one of 4 looks; \d+ and \d+ samples\)/;
    expect(log.replace(/\s+/g, ' ')).toMatch(found);
    // Escaped as annotations are.
    expect(log.replaceAll('%25', '%')).toMatch(
      new RegExp(`^::error title=Gate fail%3A startup\\.ready runc::${found.source}`, 'm'),
    );
    expect(log).toMatch(
      /^::error title=Gate fail%3A image\.transfer runc [^:]*::expected .* found \d+ %25 larger/m,
    );
    expect(summary).toMatch(
      /startup\.ready runc \| fail \| .*at most 100\s%\sworse.* \| \d+\s%\sslower: [\d.]+\ss/,
    );
    const artifact = used.find(({ uses }) => uses.startsWith('actions/upload-artifact@'))?.with['path'] ?? '';
    const junit = await readFile(join(artifact, 'junit.xml'), 'utf8');
    expect(junit).toMatch(/failures="3"/);
    expect((await stat(join(artifact, 'report.html'))).size).toBeGreaterThan(10_000);
  });

  it('turns green with the revert', async () => {
    await git('revert', '--no-edit', 'HEAD');
    const { code, log, used } = await job();
    expect(code, log).toBe(0);
    expect(log).toMatch(/3 gates: 3 passed/);
    expect(log).not.toContain('::error');
    expect(used.map(({ uses }) => uses.split('@')[0])).toEqual([
      'actions/checkout',
      'actions/setup-node',
      'actions/cache',
      'actions/cache',
      'actions/upload-artifact',
    ]);
    // The first reference, the commit and its revert.
    expect(log).toMatch(/^weight · 3 runs/m);
    expect((await stat(join(used[4]?.with['path'] ?? '', 'history.html'))).size).toBeGreaterThan(10_000);
    expect(used[2]?.with['key']).toMatch(/^tare-Linux-X64-[0-9a-f]{40}$/);
  });
});

it('has scripts for every step of the recipe for GitLab', async () => {
  const page = await readFile(join(project, 'docs', 'ci.md'), 'utf8');
  const [, pasted = ''] = /`\.gitlab-ci\.yml`.*?```yaml\n(.*?)```/s.exec(page) ?? [];
  const recipe = (parse(pasted) as { weight: Record<string, string[]> }).weight;
  const lines = ['before_script', 'script', 'after_script'].flatMap((key) => recipe[key] ?? []);
  const scripts = lines.flatMap((line) => /^\/opt\/tare\/(\S+)/.exec(line)?.[1] ?? []);
  expect(scripts).toHaveLength(4);
  for (const script of scripts) expect((await stat(join(project, script))).mode & 0o111).toBe(0o111);
});
