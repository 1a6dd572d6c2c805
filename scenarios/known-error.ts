/**
 * The errors that a person is shown without a stack, and how each ends the program. It is a leaf: every room may import
 * it, and it imports nothing.
 */

export const exitCodes = {
  done: 0,
  gateFailed: 1,
  usage: 2,
  unfit: 3,
  failed: 4,
  inconclusive: 5,
  interrupted: 130,
  terminated: 143,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** An error that was foreseen. Its message stands on its own: the place, what is wrong, and what would be right. */
export class KnownError extends Error {
  readonly exitCode: ExitCode;
  /** What the person can do about it, where that is a sentence by itself; the message has it, too. */
  readonly remedy: string | null;

  constructor(message: string, exitCode: ExitCode, options: ErrorOptions & { remedy?: string } = {}) {
    super(message, options);
    this.name = new.target.name;
    this.exitCode = exitCode;
    this.remedy = options.remedy ?? null;
  }
}
