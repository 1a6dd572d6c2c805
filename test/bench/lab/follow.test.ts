/** The end of a lab in all its ways. The machine is a fake: hangs and crashes cannot be ordered from a real one. */
import { PassThrough } from 'node:stream';
import type { Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followLab, silences, type LabEnd } from '../../../bench/lab/follow.ts';
import type { LabMessage } from '../../../bench/lab/messages.ts';
import type { LabMachine } from '../../../runners/lab/machine.ts';

let text: PassThrough;
let die: (complaint: string) => void;
const waits = Promise.resolve('waits');
let machine: LabMachine;
let taken: LabMessage[];
let controller: AbortController;
let wasAsked = false;

beforeEach(() => {
  vi.useFakeTimers();
  text = new PassThrough();
  taken = [];
  controller = new AbortController();
  machine = {
    pid: 1,
    ended: new Promise((resolve) => {
      die = resolve;
    }),
    line: Promise.resolve(text as unknown as Socket),
    console: Promise.resolve(new PassThrough() as unknown as Socket),
    askWhere: () => {
      wasAsked = true;
      die('a panic is the end of it');
      return Promise.resolve();
    },
    lastLines: () => ['starting', 'Kernel panic - not syncing: no init'],
    dispose: () => Promise.resolve(),
  };
});
afterEach(() => {
  vi.useRealTimers();
});

const keep = (message: LabMessage): Promise<void> => {
  taken.push(message);
  return Promise.resolve();
};
const follow = (take = keep): Promise<LabEnd> => followLab(machine, silences.tcg, controller.signal, take);
const say = (message: LabMessage): void => void text.write(`${JSON.stringify(message)}\n`);

describe('a lab', () => {
  it('has ended well once its last message was taken, whatever else is on the line', async () => {
    const end = follow();
    text.write('[    1.0] a line of the kernel\n{"type":"he');
    text.write('llo"}\n{"broken\nnull\n');
    say({ type: 'end', error: null });
    expect(await end).toEqual({ error: null });
    expect(taken.map(({ type }) => type)).toEqual(['hello', 'end']);
  });

  it('hands on what the program inside says of its end, with its exit code', async () => {
    const end = follow();
    say({ type: 'end', error: { message: 'platform vm is required', exitCode: 3 } });
    expect(await end).toEqual({ error: { message: 'in the lab: platform vm is required', exitCode: 3 } });
  });

  it('that does not boot is given up, with the last lines of its console', async () => {
    const end = follow();
    await vi.advanceTimersByTimeAsync(silences.tcg.bootMs - 1);
    expect(await Promise.race([end, waits])).toBe('waits');
    await vi.advanceTimersByTimeAsync(1);
    const { error } = await end;
    expect((await end).hangs).toBe(true);
    expect(wasAsked).toBe(true);
    expect(error?.message).toContain('the lab did not boot');
    expect(error?.message).toContain('Kernel panic - not syncing: no init');
    expect(error?.exitCode).toBe(4);
  });

  it('may run as long as it likes if it says that it lives, and is given up when it falls silent', async () => {
    const end = follow();
    for (let time = 0; time < 5 * silences.tcg.runMs; time += silences.tcg.runMs / 2) {
      say({ type: 'alive' });
      await vi.advanceTimersByTimeAsync(silences.tcg.runMs / 2);
    }
    expect(await Promise.race([end, waits])).toBe('waits');
    await vi.advanceTimersByTimeAsync(silences.tcg.runMs);
    expect((await end).error?.message).toContain('the lab stopped responding');
  });

  it('that dies loses nothing of what it had said', async () => {
    const slow = async (message: LabMessage): Promise<void> => {
      await Promise.resolve();
      taken.push(message);
    };
    const end = follow(slow);
    say({ type: 'hello', uptimeMs: 1 });
    await vi.advanceTimersByTimeAsync(0);
    die('');
    expect((await end).error?.message).toContain('the lab has ended before its run was done');
    expect((await end).hangs).toBeUndefined();
    expect(taken).toEqual([{ type: 'hello', uptimeMs: 1 }]);
  });

  it('is left at once when the run is interrupted', async () => {
    const end = follow();
    controller.abort('SIGINT');
    expect((await end).error?.message).toBe('interrupted');
  });

  it('rejects when a message cannot be taken, a full disk outside for instance', async () => {
    const end = follow(() => Promise.reject(new Error('ENOSPC')));
    say({ type: 'hello', uptimeMs: 1 });
    await expect(end).rejects.toThrow('ENOSPC');
  });
});
