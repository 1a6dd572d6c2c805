/**
 * Ends a test run with its true figures, alone on the very last line: `N passed, N failed, N skipped`. A file or suite
 * that broke outside its tests counts as one failed, since the tests it holds never ran.
 */
import type { Reporter, TestModule, TestSuite } from 'vitest/node';

interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

export default class ClosingLineReporter implements Reporter {
  readonly #counts: Counts = { passed: 0, failed: 0, skipped: 0 };

  onInit(): void {
    // At exit, after everything that other reporters and the runner itself have to say.
    process.once('exit', () => {
      process.stdout.write(`${closingLine(this.#counts)}\n`);
    });
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    Object.assign(this.#counts, count(modules));
    this.#counts.failed += unhandledErrors.length;
  }
}

export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

export function count(modules: readonly TestModule[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const module of modules) {
    for (const test of module.children.allTests()) {
      const { state } = test.result();
      // A test that is still pending at the end was never run: an aborted run.
      counts[state === 'pending' ? 'skipped' : state] += 1;
    }
    for (const suite of [module, ...module.children.allSuites()] as (TestModule | TestSuite)[]) {
      if (suite.errors().length > 0) counts.failed += 1;
    }
  }
  return counts;
}
