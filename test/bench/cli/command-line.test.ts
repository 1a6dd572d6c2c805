import { afterEach, describe, expect, it } from 'vitest';
import { commandLine } from '../../../bench/cli/context-from-process.ts';
import { reportCommands, run, start, type CommandReport } from '../../../runners/machine/command.ts';

afterEach(() => {
  reportCommands(() => undefined);
});

describe('TARE_DEBUG=commands', () => {
  it('hears of every program with its arguments, its end and its time', async () => {
    const heard: CommandReport[] = [];
    reportCommands((command) => heard.push(command));
    await run('sh', ['-c', 'exit 3'], { accept: [3] });
    await run('no-such-program', []).catch(() => undefined);
    const staying = start('sleep', ['60']);
    staying.kill();
    await staying.exited;
    expect(heard.map(({ program, outcome }) => `${program}: ${outcome}`)).toEqual([
      'sh: exit 3',
      'no-such-program: not started',
      'sleep: started',
      'sleep: SIGKILL',
    ]);
    expect(heard[0]?.durationMs).toBeGreaterThan(0);
    expect(heard[2]?.durationMs).toBeNull();
  });

  it('writes one line for each, whatever the arguments hold', () => {
    const line = commandLine({
      program: 'ip',
      args: ['netns', 'exec', 'a b', 'x\ny', ''],
      durationMs: 12.34,
      outcome: 'exit 0',
    });
    expect(line).toBe('command 12.3 ms exit 0: ip netns exec "a b" "x\\ny" ""\n');
  });
});
