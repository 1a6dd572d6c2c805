import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { start } from '../../../runners/machine/command.ts';
import { findMainProcess } from '../../../runners/shared/main-process.ts';

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
    const child = start('sh', ['-c', 'true & echo $!; exec sleep 100']);
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
