/** A scenario that is handed over resolved, with a payload that is in the cache: what that is made of need not be here. */
import type { BuiltPayload } from '../../runners/payload/payload.ts';
import type { ResolvedScenario } from '../../scenarios/resolved.ts';
import { readJson } from '../store/read-record.ts';

export interface Given {
  scenario: ResolvedScenario;
  payload: Pick<BuiltPayload, 'digest' | 'image'>;
}

/** @param path of a file that this version has written */
export async function readGiven(path: string): Promise<Given> {
  return (await readJson(path)) as Given;
}
