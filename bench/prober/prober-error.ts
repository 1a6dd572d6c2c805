import { exitCodes, TareError } from '../environment/errors.ts';

/** The prober cannot be started, has ended, or could not do what it was asked. */
export class ProberError extends TareError {
  constructor(message: string, options?: ErrorOptions) {
    super(message, exitCodes.failed, options);
  }
}
