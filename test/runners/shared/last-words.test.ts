import { describe, expect, it } from 'vitest';
import { lastWords } from '../../../runners/shared/last-words.ts';

const frames = (count: number): string[] =>
  Array.from({ length: count }, (_, index) => `\tat org.x.Y.z${index}(Y.java:${index})`);

describe('the last words of a log', () => {
  it('are the exception and its cause, not the last of their frames', () => {
    const log = [
      'INFO starting',
      'Exception in thread "main" java.lang.IllegalStateException: no port',
      ...frames(40),
      'Caused by: java.net.BindException: Address already in use',
      ...frames(30),
      '\t... 14 more',
      '',
    ];
    expect(lastWords(log, 5)).toEqual([
      'INFO starting',
      'Exception in thread "main" java.lang.IllegalStateException: no port',
      '\tat org.x.Y.z0(Y.java:0)',
      'Caused by: java.net.BindException: Address already in use',
      '\tat org.x.Y.z0(Y.java:0)',
    ]);
  });

  it('are the last lines where there is no stack, and nothing of nothing', () => {
    expect(lastWords(['one', 'at noon', 'two', '', 'three'], 3)).toEqual(['at noon', 'two', 'three']);
    expect(lastWords([], 3)).toEqual([]);
  });
});
