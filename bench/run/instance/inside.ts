/** Asks the workload, once per platform, what it sees from inside. */
import type { Instance } from '../../../runners/runner.ts';
import type { ResolvedWorkload } from '../../../scenarios/resolved.ts';
import type { Prober } from '../../prober/prober.ts';
import { questionOf } from '../../prober/question.ts';
import { InstanceFailure } from './failure.ts';
import type { StepRecorder } from '../journal/step-recorder.ts';

/** The answer may take as long as a start, where a page has to be compiled first. */
export async function askInside(
  instance: Instance,
  { factsPath: path, ready }: ResolvedWorkload,
  { prober, recorder }: { prober: Prober; recorder: StepRecorder },
): Promise<void> {
  if (path === null || recorder.knowsInside) return;
  const target = { ...instance.address, ...questionOf(ready, path) };
  const { status, body } = await prober.get(target, ready.timeoutMs);
  if (status !== 200) {
    throw new InstanceFailure(
      'bad-answer',
      `${path} answered ${status} where it should say what is seen from inside`,
    );
  }
  recorder.inside(parseFacts(body));
}

/** `key=value` lines; anything else is passed over. */
export function parseFacts(body: string): Record<string, string> {
  const facts: Record<string, string> = {};
  for (const line of body.split('\n')) {
    const match = /^([\w.-]+)=(.*)$/.exec(line.trim());
    if (match?.[1] !== undefined) facts[match[1]] = match[2] ?? '';
  }
  return facts;
}
