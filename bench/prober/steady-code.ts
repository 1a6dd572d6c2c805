/** For a program whose instructions are counted with what it measures. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * From now on the same work takes the same instructions, since no code is compiled to machine code while it runs.
 *
 * @returns what collects garbage now, so that it need not be collected while something is measured
 */
export function steadyCode(): () => void {
  for (const flag of ['--no-opt', '--no-sparkplug', '--expose-gc']) setFlagsFromString(flag);
  // The flag reaches contexts that are made after it.
  return runInNewContext('gc') as () => void;
}
