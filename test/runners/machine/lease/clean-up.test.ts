import { expect, it } from 'vitest';
import { CleanUp, together, undoneOnFailure } from '../../../../runners/machine/lease/clean-up.ts';
import { silentLog } from '../local-run.ts';

it('removes in reverse order, goes on after a failure and throws the first one', async () => {
  const cleanUp = new CleanUp();
  const done: string[] = [];
  for (const name of ['a', 'b', 'c']) {
    await cleanUp.add(Promise.resolve(name), (made) => {
      done.push(made);
      return made === 'a' ? Promise.resolve() : Promise.reject(new Error(`${made} stays`));
    });
  }
  await expect(cleanUp.run()).rejects.toThrow('c stays');
  expect(done).toEqual(['c', 'b', 'a']);
});

it('removes nothing that was not made', async () => {
  const cleanUp = new CleanUp();
  const failed = cleanUp.add(Promise.reject(new Error('not made')), () =>
    Promise.reject(new Error('removed')),
  );
  await expect(failed).rejects.toThrow('not made');
  await cleanUp.run();
});

it('waits for the slow before it tells of the failed', async () => {
  let isDone = false;
  const slow = new Promise<void>((resolve) => {
    setImmediate(() => {
      isDone = true;
      resolve();
    });
  });
  await expect(together([Promise.reject(new Error('quick')), slow])).rejects.toThrow('quick');
  expect(isDone).toBe(true);
  expect(await together([Promise.resolve(1), Promise.resolve('two')])).toEqual([1, 'two']);
});

it('removes what a failed work has made, and throws the error of the work', async () => {
  const removed: string[] = [];
  const said: string[] = [];
  const log = { ...silentLog, debug: (text: string) => said.push(text) };
  const work = undoneOnFailure(log, async (cleanUp) => {
    await cleanUp.add(Promise.resolve('first'), (made) => {
      removed.push(made);
      return Promise.resolve();
    });
    await cleanUp.add(Promise.resolve('second'), () => Promise.reject(new Error('second stays')));
    throw new Error('the work failed');
  });
  await expect(work).rejects.toThrow('the work failed');
  expect(removed).toEqual(['first']);
  expect(said).toEqual([expect.stringContaining('second stays')]);
});

it('leaves what a good work has made', async () => {
  const made = undoneOnFailure(silentLog, (cleanUp) =>
    cleanUp.add(Promise.resolve('kept'), () => Promise.reject(new Error('removed'))),
  );
  expect(await made).toBe('kept');
});
