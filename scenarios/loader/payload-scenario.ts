/** The scenario that a payload alone is run by: what its own files would say, with what a person would choose. */
import { stringify } from 'yaml';
import type { ResolvedScenario } from '../resolved.ts';
import { loadScenarioText, type LoadOptions } from './load.ts';

/** What is known of a payload and its start. What is null is left to the image, or to the usual. */
export interface PayloadChoices {
  /** Of the scenario and of its workload. */
  name: string;
  /** As a workload file states it; paths relative to the scenario's folder. */
  rootfs: Readonly<Record<string, unknown>>;
  /** The program, by its absolute path or by a name on the payload's PATH, and its arguments. */
  command: readonly string[] | null;
  environment: Readonly<Record<string, string>>;
  port: number | null;
  /** Path of a URL whose first answer below 500 counts as ready; null: what it speaks is found out by trying. */
  readyPath: string | null;
  /** A size, as a scenario has it. */
  memory: string | null;
  cpus: number | null;
  /** Short names, the first of which the others are compared with; null: the usual. */
  platforms?: readonly string[] | null;
}

export const usualMemory = '512MiB';
export const usualPlatforms: readonly string[] = ['process', 'runc', 'vm'];

/** Any answer of a server that works. */
const belowFailure = ['2xx', '3xx', '4xx'] as const;

/** @param file absolute path that the scenario would have; it need not exist */
export function loadPayloadScenario(
  choices: PayloadChoices,
  file: string,
  options: LoadOptions,
): ResolvedScenario {
  const scenario = loadScenarioText(payloadScenarioText(choices), file, options);
  const { workload } = scenario;
  if (choices.readyPath !== null || workload.ready.by !== 'tcp') return scenario;
  return { ...scenario, workload: { ...workload, ready: { ...workload.ready, isTentative: true } } };
}

/** The file, complete: what `tare run` takes. */
export function payloadScenarioText(choices: PayloadChoices): string {
  const { name, rootfs, command, environment, port, readyPath, memory, cpus } = choices;
  const platforms = choices.platforms ?? usualPlatforms;
  const ready =
    readyPath === null ? { by: 'tcp' } : { by: 'http', path: readyPath, status: [...belowFailure] };
  return stringify({
    name,
    workload: {
      name,
      rootfs,
      ...(command !== null && { command }),
      ...(Object.keys(environment).length > 0 && { environment }),
      ...(port !== null && { port }),
      ready,
    },
    limits: { cpus: cpus ?? 1, memory: memory ?? usualMemory },
    baseline: platforms[0],
    platforms,
    measures: {
      startup: { samples: 6, 'page-cache': 'warm' },
      stop: {},
      memory: { samples: 3, settle: '1s' },
      image: {},
    },
  });
}

/** Of a server that was found to speak HTTP. */
export function httpReadiness(timeoutMs: number): ResolvedScenario['workload']['ready'] {
  return { by: 'http', path: '/', status: belowFailure, bodyContains: null, timeoutMs };
}
