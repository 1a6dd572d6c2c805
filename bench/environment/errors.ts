/** Errors a person is shown without a stack; each carries the exit code it ends the program with. */

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

export class TareError extends Error {
  readonly exitCode: ExitCode;
  constructor(message: string, exitCode: ExitCode, options?: ErrorOptions) {
    super(message, options);
    this.name = 'TareError';
    this.exitCode = exitCode;
  }
}
