/** The errors of the program itself, beside those that the other rooms make of the same base. */
import { KnownError } from '../../scenarios/known-error.ts';

export { exitCodes, type ExitCode } from '../../scenarios/known-error.ts';

/** What one scenario cannot do; the next one still can. */
export class TareError extends KnownError {}
