/** The commit that a run belongs to: what the CI system says it has checked out, else what git says of the working folder. */
import { CommandError, run } from '../../runners/machine/command.ts';
import type { CommandContext } from './context.ts';

/** GitHub Actions (also Gitea and Forgejo), GitLab, Jenkins. */
const variables = ['GITHUB_SHA', 'CI_COMMIT_SHA', 'GIT_COMMIT'];

/** @returns the full hash, with `-dirty` where files differ from it; undefined outside a repository and without git */
export async function commitOf({
  env,
  cwd,
}: Pick<CommandContext, 'env' | 'cwd'>): Promise<string | undefined> {
  const told = variables.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  if (told !== undefined) return told;
  try {
    // No tag may take the place of the hash.
    const options = ['--always', '--abbrev=40', '--dirty', '--exclude=*'];
    return (await run('git', ['describe', ...options], { cwd })).stdout;
  } catch (error) {
    if (error instanceof CommandError) return undefined;
    throw error;
  }
}
