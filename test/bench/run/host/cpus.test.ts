import { describe, expect, it } from 'vitest';
import { splitCpus } from '../../../../bench/run/host/cpus.ts';

describe('CPU split', () => {
  it('keeps the first CPU for the harness where the rest is enough', () => {
    expect(splitCpus([0, 1], 1)).toMatchObject({ instances: [1], harness: [0] });
    expect(splitCpus([0, 1, 2, 3], 3)).toMatchObject({ instances: [1, 2, 3], harness: [0] });
  });

  it('shares all CPUs, and says so, where it is not', () => {
    const split = splitCpus([0, 1], 1.5);
    expect(split).toMatchObject({ instances: null, harness: null });
    expect(split.description).toContain('share');
    expect(splitCpus([3], 1)).toMatchObject({ instances: null });
  });
});
