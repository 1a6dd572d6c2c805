/** Says why an instance is not ready, from what the prober saw. */
import type { FailureCode } from '../../runners/kinds.ts';
import type { NotReady } from './prober.ts';

export function explainNotReady(seen: NotReady, timeoutMs: number): { code: FailureCode; message: string } {
  const within = `within ${timeoutMs / 1000} s (${seen.attempts} ${seen.attempts === 1 ? 'attempt' : 'attempts'})`;
  const hints = seen.hints.map((hint) => `; ${hint}`).join('');
  const why = `${seen.lastError ?? 'no answer has arrived'}${hints}`;
  if (seen.gaveUpAfterMs !== null) {
    const after = `${(seen.gaveUpAfterMs / 1000).toFixed(1)} s`;
    return { code: 'not-listening', message: `no connection was accepted, given up after ${after}: ${why}` };
  }
  if (!seen.connected)
    return { code: 'not-listening', message: `no connection was accepted ${within}: ${why}` };
  if (seen.lastStatus !== null) {
    const message = `no good answer ${within}; the last one had status ${seen.lastStatus} (${seen.lastError ?? 'no reason known'})${hints}`;
    return { code: 'bad-answer', message };
  }
  return {
    code: 'not-ready',
    message: `connections were accepted, but none got a good answer ${within}: ${why}`,
  };
}
