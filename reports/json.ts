import type { Reporter } from './reporter.ts';

/** The subject itself, for programs. */
export function jsonReporter<Subject>(description: string): Reporter<Subject> {
  return { description, file: null, render: (subject) => `${JSON.stringify(subject, null, 2)}\n` };
}
