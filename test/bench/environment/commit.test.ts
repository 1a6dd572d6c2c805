import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { commitOf } from '../../../bench/environment/commit.ts';
import { run } from '../../../runners/machine/command.ts';

let cwd: string;
const git = async (...args: string[]): Promise<string> => {
  const person = ['-c', 'user.name=Tare', '-c', 'user.email=tare@example.org', '-c', 'commit.gpgsign=false'];
  return (await run('git', [...person, ...args], { cwd })).stdout;
};

beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'tare-commit-'));
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

describe('the commit of a run', () => {
  it('is that of the working folder, and says when files differ from it', async () => {
    await git('init', '--quiet');
    await writeFile(join(cwd, 'file'), 'one');
    await git('add', 'file');
    await git('commit', '--quiet', '--message', 'one');
    // A tag must not take its place.
    await git('tag', '--annotate', '--message', 'v1', 'v1');
    const head = await git('rev-parse', 'HEAD');
    expect(await commitOf({ env: {}, cwd })).toBe(head);
    await writeFile(join(cwd, 'file'), 'two');
    expect(await commitOf({ env: {}, cwd })).toBe(`${head}-dirty`);
  });

  it('is what the CI system says', async () => {
    expect(await commitOf({ env: { CI_COMMIT_SHA: 'abc' }, cwd })).toBe('abc');
    expect(await commitOf({ env: { GITHUB_SHA: '', GIT_COMMIT: 'def' }, cwd })).toBe('def');
  });

  it('is none outside a repository, and before the first commit', async () => {
    expect(await commitOf({ env: {}, cwd })).toBeUndefined();
    await git('init', '--quiet');
    expect(await commitOf({ env: {}, cwd })).toBeUndefined();
  });
});
