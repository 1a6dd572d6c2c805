/** A scenario file that names several workloads: a scenario for each, everything else the same. */
import { ScenarioError } from './error.ts';
import type { Path, Source } from './source.ts';

/**
 * @returns the file as it would be for each of its `workloads`, mistakes at their places in the file itself; null: it names one
 * @throws ScenarioError when it names none, or one twice, or also has the key `workload`
 */
export function sourcesOfSuite(source: Source): Source[] | null {
  const { workloads, ...rest } = Object(source.value) as Record<string, unknown>;
  if (workloads === undefined) return null;
  const refuse = (path: Path, message: string): ScenarioError =>
    new ScenarioError([source.mistake(path, message)]);
  if (!Array.isArray(workloads) || workloads.length === 0) {
    throw refuse(['workloads'], 'workloads: expected a list of at least one workload');
  }
  if ('workload' in rest) {
    throw refuse(
      ['workload'],
      'workload: there is a list of workloads already; expected one of the two keys',
    );
  }
  return workloads.map((workload: unknown, index): Source => {
    if (typeof workload === 'string' && workloads.indexOf(workload) !== index) {
      throw refuse(['workloads', index], `workloads[${index}]: ${JSON.stringify(workload)} is named twice`);
    }
    return {
      file: source.file,
      value: { ...rest, workload },
      mistake: ([first, ...below], message, place) =>
        first === 'workload'
          ? source.mistake(['workloads', index, ...below], message, place)
          : source.mistake(first === undefined ? [] : [first, ...below], message, place),
    };
  });
}
