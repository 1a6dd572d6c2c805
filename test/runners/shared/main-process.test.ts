import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { start } from '../../../runners/machine/command.ts';
import { findMainProcess, ignoresSignal } from '../../../runners/shared/main-process.ts';

const nobody = { processes: () => Promise.resolve([]) };

describe('the main process of a box', () => {
  it('is the command while it runs, and nobody once it has ended', async () => {
    const child = start('sleep', ['100']);
    const { pid } = child;
    expect(await findMainProcess('command', pid, nobody)).toBe(pid);
    child.kill('SIGKILL');
    await child.gone;
    expect(await findMainProcess('command', pid, nobody)).toBeNull();
  });

  it('is nobody when it waits to be reaped: a zombie has ended', async () => {
    // The shell becomes a program that never reaps the child it has inherited.
    const child = start('sh', ['-c', 'sleep 0.5 & echo $!; exec sleep 100']);
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const pid = Number(line.toString());
    await expect.poll(() => findMainProcess('command', pid, nobody)).toBeNull();
    expect(() => process.kill(pid, 0)).not.toThrow();
    child.kill('SIGKILL');
  });

  it('is nobody in a cgroup without the first process of a PID namespace', async () => {
    const others = { processes: () => Promise.resolve([process.pid]) };
    expect(await findMainProcess('first-in-namespace', 1, others)).toBeNull();
  });
});

describe('a stop signal', () => {
  /** A shell that does this first, then waits, without a fork, which blocks signals for a moment; `unshare` makes it process 1 of a namespace. */
  const answers = (first: string, namespace: string[] = []): Promise<string | null> =>
    answersOf(['sh', '-c', `${first}; echo ready; read word`], namespace);
  /** @param command prints something when it is as it is to be */
  const answersOf = async (command: string[], namespace: string[]): Promise<string | null> => {
    const [program = '', ...args] = [...namespace, ...command];
    const child = start(program, args);
    await once(child.stdout, 'data');
    const pid = namespace.length === 0 ? child.pid : await onlyChild(child.pid);
    const why = await ignoresSignal(pid, 'SIGTERM');
    child.kill('SIGKILL');
    return why;
  };
  const onlyChild = async (pid: number): Promise<number> =>
    Number((await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim());

  it('has an effect on a process with a handler, and on one with the default action', async () => {
    expect(await answers(':')).toBeNull();
    expect(await answers('trap "exit 0" TERM')).toBeNull();
  });

  it('has none on a process that ignores it', async () => {
    expect(await answers('trap "" TERM')).toMatch(/^sh ignores SIGTERM; state a `stop-signal`/);
  });

  it('has none on process 1 without a handler', async () => {
    const alone = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
    expect(await answers(':', alone)).toMatch(
      /^sh is process 1 of its container and has no handler for SIGTERM/,
    );
    expect(await answers('trap "exit 0" TERM', alone)).toBeNull();
  });

  it('has an effect where it is blocked, as small inits do that wait for it', async () => {
    const alone = ['unshare', '--user', '--map-root-user', '--pid', '--fork', '--kill-child'];
    const waiting = ['tail', '-f', fileURLToPath(import.meta.url)];
    expect(await answersOf(['env', '--block-signal=TERM', ...waiting], alone)).toBeNull();
    expect(await answersOf(waiting, alone)).toMatch(/^tail is process 1/);
  });
});
