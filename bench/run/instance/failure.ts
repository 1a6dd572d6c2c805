import { exitCodes, KnownError } from '../../../scenarios/known-error.ts';
import type { FailureCode } from '../../../runners/kinds.ts';

/** An instance that did not do what it should: a failure of its class, never a sample and never retried. */
export class InstanceFailure extends KnownError {
  readonly code: FailureCode;
  constructor(code: FailureCode, message: string, options?: ErrorOptions) {
    super(message, exitCodes.failed, options);
    this.code = code;
  }
}

/** Nothing that was measured of it is a sample: it had died, or was not the box that was asked for. */
export class VoidInstance extends InstanceFailure {}

/** What a step was taking when it failed, for the record. */
export class StepError extends Error {
  readonly measure: string;
  constructor(measure: string, cause: unknown) {
    super(cause instanceof Error ? cause.message : String(cause), { cause });
    this.name = 'StepError';
    this.measure = measure;
  }
}
