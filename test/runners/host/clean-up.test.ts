import { expect, it } from 'vitest';
import { CleanUp, together } from '../../../runners/host/clean-up.ts';

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
