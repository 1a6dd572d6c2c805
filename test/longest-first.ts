/** Starts the files that take longest first, so that none of them is left to run beside an idle CPU. */
import { statSync } from 'node:fs';
import { relative } from 'node:path';
import type { TestSequencer, TestSpecification, Vitest } from 'vitest/node';

/**
 * In this order, those below half a minute left out. Of the others a larger file comes first, since a fresh clone knows nothing
 * of how long one takes.
 */
export const longest = [
  'test/e2e/platforms/conformance.test.ts',
  'test/e2e/vm/vm-full.test.ts',
  'test/e2e/lab/lab.test.ts',
  'test/e2e/run/deaths.test.ts',
  'test/e2e/examples.test.ts',
  'test/e2e/run/faults.test.ts',
  'test/e2e/images/official-images.test.ts',
  'test/e2e/fleet/slurm.test.ts',
  'test/e2e/images/image-sources.test.ts',
  'test/e2e/images/images.test.ts',
  'test/e2e/run/storm.test.ts',
  'test/e2e/reports/report-html.test.ts',
  'test/e2e/reports/site.test.ts',
  'test/e2e/cli/cli.test.ts',
  'test/e2e/run/persistence.test.ts',
  'test/e2e/run/drift.test.ts',
  'test/e2e/platforms/box.test.ts',
  'test/e2e/run/completion.test.ts',
  'test/e2e/vm/vm-options.test.ts',
  'test/e2e/vm/qemu.test.ts',
  'test/e2e/vm/vm-clone.test.ts',
  'test/e2e/cli/package.test.ts',
  'test/e2e/cli/compare-ab.test.ts',
  'test/e2e/additions.test.ts',
  'test/e2e/run/stop-signal.test.ts',
  'test/e2e/lab/lab-boot.test.ts',
  'test/e2e/run/density.test.ts',
  'test/e2e/cli/check.test.ts',
  'test/e2e/run/recovery.test.ts',
  'test/e2e/action.test.ts',
  'test/bench/cli/commands/claims.test.ts',
];

export class LongestFirst implements TestSequencer {
  readonly #root: string;

  constructor({ config }: Vitest) {
    this.#root = config.root;
  }

  shard(): never {
    throw new Error('these tests share one machine, and are not divided among several');
  }

  sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sizes = new Map(files.map(({ moduleId }) => [moduleId, statSync(moduleId).size]));
    const rank = ({ moduleId }: TestSpecification): number => {
      const index = longest.indexOf(relative(this.#root, moduleId));
      return index === -1 ? longest.length : index;
    };
    const size = ({ moduleId }: TestSpecification): number => sizes.get(moduleId) ?? 0;
    return Promise.resolve(files.toSorted((a, b) => rank(a) - rank(b) || size(b) - size(a)));
  }
}
