/** What `tare compare` lets one choose, of runs and of fleets alike. */
import { didYouMean } from '../../scenarios/loader/suggest.ts';
import { exitCodes, TareError } from '../environment/errors.ts';

export interface ComparisonChoices {
  platform: readonly string[];
  measure: readonly string[];
  force?: true | undefined;
  reporter: readonly string[];
  json?: true | undefined;
}

/**
 * A misspelt filter would compare nothing and look like "no difference".
 *
 * @param of `runs` or `fleets`
 * @throws TareError (exit 2)
 */
export function checkFilter(
  { platform, measure }: Pick<ComparisonChoices, 'platform' | 'measure'>,
  of: string,
  known: { platforms: readonly string[]; measures: readonly string[] },
): void {
  check('platform', platform, known.platforms, of);
  check('measure', measure, known.measures, of);
}

function check(what: string, chosen: readonly string[], known: readonly string[], of: string): void {
  const names = [...new Set(known)];
  const unknown = chosen.find((name) => !names.includes(name));
  if (unknown === undefined) return;
  throw new TareError(`no ${what} "${unknown}" in these ${of}${didYouMean(unknown, names)}`, exitCodes.usage);
}
