import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markChain, phasesOf } from '../../../bench/measures/phases.ts';

const vmMarks = ['spawned', 'firmware', 'kernel', 'initrd', 'init', 'exec'];
const sum = (phases: Record<string, number>): number => Object.values(phases).reduce((a, b) => a + b, 0);

describe('phases', () => {
  it('begin with their marks, the workload’s own marks in their places', () => {
    const chain = markChain(vmMarks, [
      { name: 'deployed', after: 'listening' },
      { name: 'jvm', after: 'exec' },
    ]);
    expect(chain).toEqual([...vmMarks, 'jvm', 'listening', 'deployed', 'ready']);
    const at = {
      spawned: 100,
      firmware: 110,
      kernel: 130,
      initrd: 200,
      init: 230,
      exec: 250,
      jvm: 300,
      listening: 400,
      deployed: 460,
      ready: 465,
    };
    expect(phasesOf(chain, at)).toEqual({
      launch: 10,
      firmware: 20,
      kernel: 70,
      initrd: 30,
      init: 20,
      workload: 50,
      jvm: 100,
      response: 60,
      deployed: 5,
      unexplained: 0,
    });
  });

  it('leave out log marks where the workload was executed before the start', () => {
    const logMarks = [{ name: 'jvm', after: 'exec' } as const, { name: 'up', after: 'listening' } as const];
    const chain = markChain(['spawned', 'restore', 'resume'], logMarks);
    const at = { spawned: 0, restore: 10, resume: 30, listening: 60, ready: 100 };
    expect(phasesOf(chain, at)).toEqual({
      launch: 10,
      restore: 20,
      resume: 30,
      response: 40,
      unexplained: 0,
    });
  });

  it('give the time around a missing mark to unexplained', () => {
    const chain = markChain(['spawned', 'exec'], []);
    expect(phasesOf(chain, { spawned: 0, listening: 30, ready: 40 })).toEqual({
      unexplained: 30,
      response: 10,
    });
  });

  it('give the time around a mark out of order to unexplained', () => {
    const chain = markChain(['spawned', 'exec'], [{ name: 'deployed', after: 'listening' }]);
    const at = { spawned: 0, exec: 10, listening: 30, deployed: 20, ready: 40 };
    expect(phasesOf(chain, at)).toEqual({ launch: 10, workload: 20, unexplained: 10 });
  });

  it('refuse a start without both ends', () => {
    expect(() => phasesOf(['spawned', 'ready'], { spawned: 1 })).toThrow(/ready/);
  });

  it('always add up to the startup, whatever marks are there', () => {
    const chain = markChain(vmMarks, [{ name: 'jvm', after: 'exec' }]);
    const moments = fc.record(
      Object.fromEntries(
        chain.slice(1, -1).map((mark) => [mark, fc.double({ min: -10, max: 120, noNaN: true })]),
      ),
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(moments, (marks) => {
        const phases = phasesOf(chain, { ...(marks as Record<string, number>), spawned: 0, ready: 100 });
        expect(sum(phases)).toBeCloseTo(100, 6);
        expect(Math.min(...Object.values(phases))).toBeGreaterThanOrEqual(0);
      }),
    );
  });
});
