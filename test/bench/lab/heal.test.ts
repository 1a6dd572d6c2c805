/** What is done about labs that hang. The labs are fakes: a hang cannot be ordered from a real one. */
import { expect, it } from 'vitest';
import type { LabEnd } from '../../../bench/lab/follow.ts';
import { untilDone } from '../../../bench/lab/heal.ts';

const hang: LabEnd = { error: { message: 'fell silent', exitCode: 4 }, hangs: true };
const crash: LabEnd = { error: { message: 'ended', exitCode: 4 } };
const done: LabEnd = { error: null };

/** Each lab finishes some steps and ends. */
async function heal(labs: readonly [steps: number, end: LabEnd][]): Promise<[LabEnd, number[], string[]]> {
  let steps = 0;
  const patiences: number[] = [];
  const reasons: string[] = [];
  const end = await untilDone({
    attempt: (patience) => {
      const [more, how] = labs[patiences.length] ?? [0, done];
      patiences.push(patience);
      steps += more;
      return Promise.resolve(how);
    },
    steps: () => steps,
    onHang: (reason) => {
      reasons.push(reason);
      return Promise.resolve();
    },
  });
  return [end, patiences, reasons];
}

it('goes on after each hang as long as steps are finished', async () => {
  const labs = Array.from({ length: 20 }, (): [number, LabEnd] => [1, hang]);
  expect(await heal([...labs, [1, done]])).toEqual([
    done,
    [1, ...Array<number>(20).fill(2)],
    Array<string>(20).fill('fell silent'),
  ]);
});

it('gives up what hangs again and again in the same step, after more patience each time', async () => {
  const labs = Array.from({ length: 9 }, (): [number, LabEnd] => [0, hang]);
  expect(await heal(labs)).toEqual([hang, [1, 2, 4, 8], Array<string>(3).fill('fell silent')]);
});

it('does not try again what ended by itself', async () => {
  expect(await heal([[5, crash]])).toEqual([crash, [1], []]);
});
